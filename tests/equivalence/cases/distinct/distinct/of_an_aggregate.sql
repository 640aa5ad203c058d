-- SELECT DISTINCT of sums: two groups with one sum.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 5), (2, 2, 2), (3, 2, 3), (4, 3, 1);
-- query
SELECT DISTINCT sum(v) AS s FROM t GROUP BY g
-- changes
UPDATE t SET v = 6 WHERE id = 1;
-- refresh
DELETE FROM t WHERE g = 2;
UPDATE t SET v = 6 WHERE id = 4;
-- refresh
