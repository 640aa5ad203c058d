-- json(b)_agg and json(b)_object_agg: NULLs are kept, keys may repeat in json and not in jsonb.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, k text, v int);
INSERT INTO t VALUES (1, 1, 'a', 1), (2, 1, 'b', NULL), (3, 2, 'a', 3);
-- query
SELECT g, json_agg(v ORDER BY id) AS j, jsonb_agg(k ORDER BY id) AS jb, json_object_agg(k, v ORDER BY id) AS o, jsonb_object_agg(k, v ORDER BY id) AS ob FROM t GROUP BY g
-- changes
INSERT INTO t VALUES (4, 1, 'a', 10);
-- refresh
UPDATE t SET v = NULL;
-- refresh
DELETE FROM t WHERE g = 1 AND id < 3;
-- refresh
