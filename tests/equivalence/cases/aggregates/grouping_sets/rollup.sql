-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
INSERT INTO t VALUES (1, 1, 1), (2, 1, 2);
-- query
SELECT a, b, count(*) AS n FROM t GROUP BY ROLLUP (a, b)
-- changes
DELETE FROM t WHERE id = 2;
-- refresh
