-- An aggregate whose arguments have columns of an outer query alone is that query's, wherever it stands.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
INSERT INTO t VALUES (1, 1, 1), (2, 1, 2), (3, 7, 2), (4, NULL, 3);
-- query
SELECT (SELECT sum(o.a)) AS s FROM t o
-- stream per_group
SELECT o.b, (SELECT sum(o.a) FROM t x WHERE x.id = 2) AS s FROM t o GROUP BY o.b
-- stream compared
SELECT o.b, (SELECT x.a FROM t x WHERE x.id = max(o.id)) AS s FROM t o GROUP BY o.b
-- stream kept
SELECT o.b FROM t o GROUP BY o.b HAVING EXISTS (SELECT FROM t y WHERE y.id = min(o.id) AND y.a < 5)
-- stream of_own_rows
SELECT o.id, (SELECT sum(x.a + o.a) FROM t x) AS s FROM t o
-- changes
INSERT INTO t VALUES (7, 2, 2), (8, 4, 2);
-- refresh
UPDATE t SET a = 8 WHERE id IN (1, 3);
DELETE FROM t WHERE id = 2;
-- refresh
INSERT INTO t VALUES (2, 2, 3);
-- refresh
