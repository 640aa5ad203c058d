-- Columns in its arguments say which query an aggregate is of; a WITH query that it reads has none of them, whatever that reads itself.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
INSERT INTO t VALUES (1, 1, 1), (2, 1, 2), (3, 7, 2), (4, NULL, 3);
-- query
SELECT o.id, q.c FROM t o, LATERAL (WITH w AS (SELECT id FROM t WHERE t.id = o.a) SELECT count(*) FILTER (WHERE NOT EXISTS (SELECT FROM w)) AS c FROM t x WHERE x.b = o.b) q
-- stream shown
SELECT o.id, (WITH w AS (SELECT id FROM t WHERE t.id = o.a) SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM w)) FROM t x) AS c FROM t o
-- stream in_where
SELECT o.id FROM t o WHERE 1 < (WITH w AS (SELECT id FROM t WHERE t.id = o.a) SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM w)) FROM t x)
-- stream grouped_around
SELECT o.a, (WITH w AS (SELECT id FROM t WHERE t.id = o.a) SELECT max((SELECT w.id FROM w)) FROM t x WHERE x.id = 2) AS c FROM t o GROUP BY o.a
-- stream by_row
SELECT o.id, q.c FROM t o, LATERAL (WITH w AS (SELECT (o.*) IS NULL AS n FROM t WHERE t.id < 3) SELECT bool_or(EXISTS (SELECT FROM w WHERE NOT w.n)) AS c FROM t x WHERE x.b = o.b) q
-- stream own_columns
SELECT o.id, q.c FROM t o, LATERAL (WITH w AS (SELECT id FROM t WHERE t.id = o.a) SELECT count(*) FILTER (WHERE x.id IN (SELECT id FROM w)) AS c FROM t x) q
-- changes
INSERT INTO t VALUES (7, 2, 2), (8, 4, 2);
-- refresh
UPDATE t SET a = 8 WHERE id IN (1, 3);
DELETE FROM t WHERE id = 2;
-- refresh
INSERT INTO t VALUES (2, 2, 3);
-- refresh
