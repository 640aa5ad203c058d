-- A stream table joined with the table it is made of: the delta meets itself.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 3, i FROM generate_series(1, 9) i;
-- stream sums
SELECT g, sum(v) AS s FROM t GROUP BY g
-- stream shares
SELECT t.id, t.v, sums.s FROM t JOIN sums ON sums.g = t.g
-- changes
UPDATE t SET v = v + 1 WHERE id = 1;
-- refresh shares
UPDATE t SET g = 5 WHERE g = 0;
DELETE FROM t WHERE id = 2;
-- refresh shares
INSERT INTO t VALUES (100, 1, 100), (101, 8, 1);
-- refresh
