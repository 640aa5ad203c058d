-- Explicit sets, one of them (), which has a row even of an empty table; the same set twice.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int, v int);
INSERT INTO t VALUES (1, 1, 1, 1), (2, 1, 2, 2);
-- query
SELECT a, b, sum(v) AS s, count(*) AS n FROM t GROUP BY GROUPING SETS ((a), (b), (), (a))
-- changes
INSERT INTO t VALUES (3, 2, 2, 3);
-- refresh
DELETE FROM t;
-- refresh
INSERT INTO t VALUES (1, NULL, 1, NULL);
-- refresh
