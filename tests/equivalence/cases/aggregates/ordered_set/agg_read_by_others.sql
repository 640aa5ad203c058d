-- Aggregates that are read again: of a whole table, below a query, over an aggregate.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int, f float8, n numeric, s text, ok bool, r int4range, bits bit(4), a int[]);
INSERT INTO t SELECT i, i % 3, i % 7, i / 7.0, i / 8.0, chr(97 + i % 5), i % 2 = 0, int4range(i, i + 2), (i % 16)::bit(4), ARRAY[i, i % 2] FROM generate_series(1, 30) i;
INSERT INTO t (id) VALUES (90);
INSERT INTO t (id, g) VALUES (91, 5);
-- query
SELECT string_agg(s, '' ORDER BY id) AS l, array_agg(DISTINCT g) AS a, percentile_cont(0.9) WITHIN GROUP (ORDER BY v) AS p, count(*) AS n FROM t
-- stream above
SELECT q.g, length(q.l) + 1 AS n, q.m FROM (SELECT g, string_agg(s, ',' ORDER BY id) AS l, mode() WITHIN GROUP (ORDER BY v) AS m FROM t GROUP BY g HAVING array_length(array_agg(v), 1) > 2) q WHERE q.m > 0
-- stream of_aggregates
SELECT array_agg(q.m ORDER BY q.g) AS a FROM (SELECT g, max(v) AS m FROM t GROUP BY g) q
-- changes
UPDATE t SET v = v + 1, s = s || 'x' WHERE id % 4 = 0;
-- refresh
DELETE FROM t WHERE g = 1;
UPDATE t SET g = 9 WHERE g = 2 AND id < 10;
-- refresh
UPDATE t SET f = NULL, n = NULL, s = NULL, r = NULL, ok = NULL, bits = NULL WHERE id % 3 = 0;
INSERT INTO t (id, g, v, s) VALUES (200, 1, 1, 'only');
-- refresh
DELETE FROM t;
-- refresh
INSERT INTO t (id, g, v, f, s, ok) VALUES (1, NULL, 1, 'NaN', '', true);
-- refresh
