-- Aggregates into JSON, of arguments that are written in one way only.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, k text, v int, n numeric, d date, j jsonb);
INSERT INTO t SELECT i, i % 3, 'k' || i, i % 4, i / 4.0, date '2024-01-01' + i, jsonb_build_object('i', i) FROM generate_series(1, 12) i;
-- query
SELECT g, json_agg(v ORDER BY id)::text AS a, jsonb_agg(n ORDER BY id DESC) AS b, jsonb_object_agg(k, v) AS o, json_object_agg(k, d ORDER BY id)::text AS p, jsonb_agg(j ORDER BY id) FILTER (WHERE v > 1) AS q FROM t GROUP BY g
-- changes
UPDATE t SET v = v + 1, j = NULL WHERE id % 2 = 0;
-- refresh
DELETE FROM t WHERE g = 0;
INSERT INTO t VALUES (30, 7, 'x', NULL, 1.50, NULL, '[1]');
-- refresh
DELETE FROM t;
-- refresh
