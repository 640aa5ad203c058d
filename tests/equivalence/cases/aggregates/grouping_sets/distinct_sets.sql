-- GROUP BY DISTINCT drops sets that occur twice.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int, v int);
INSERT INTO t VALUES (1, 1, 1, 1), (2, 2, 1, 2);
-- query
SELECT a, b, sum(v) AS s FROM t GROUP BY DISTINCT ROLLUP (a, b), ROLLUP (a)
-- changes
INSERT INTO t VALUES (3, 2, 2, 3);
-- refresh
DELETE FROM t WHERE id = 1;
-- refresh
