-- A lateral subquery without any table: names for expressions.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
INSERT INTO t VALUES (1, 1, 2), (2, NULL, 3);
-- query
SELECT t.id, x.s, y.d FROM t, LATERAL (SELECT a + b AS s) x, LATERAL (SELECT x.s * 2 AS d WHERE x.s IS NOT NULL) y
-- changes
UPDATE t SET a = 5 WHERE id = 2;
-- refresh
UPDATE t SET b = NULL WHERE id = 1;
-- refresh
