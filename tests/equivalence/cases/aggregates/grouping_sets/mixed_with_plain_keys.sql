-- GROUP BY a, ROLLUP (b, c), CUBE (d): a product of sets.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int, c int, d int);
INSERT INTO t SELECT i, i % 2, i % 3, i % 2, i % 2 FROM generate_series(1, 6) i;
-- query
SELECT a, b, c, d, count(*) AS n, max(id) AS m FROM t GROUP BY a, ROLLUP (b, c), CUBE (d)
-- changes
DELETE FROM t WHERE id = 6;
-- refresh
UPDATE t SET d = NULL WHERE id = 1;
INSERT INTO t VALUES (9, 1, 1, 1, 1);
-- refresh
