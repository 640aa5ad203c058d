-- Windows over different partitions in one query: a change in one partition of each.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int, v int);
INSERT INTO t SELECT i, i % 2, i % 3, i FROM generate_series(1, 8) i;
-- query
SELECT id, sum(v) OVER (PARTITION BY a ORDER BY id) AS by_a, rank() OVER (PARTITION BY b ORDER BY v DESC) AS by_b, count(*) OVER (PARTITION BY a, b) AS ab FROM t
-- changes
UPDATE t SET v = 100 WHERE id = 2;
-- refresh
UPDATE t SET a = b, b = a WHERE id IN (3, 5);
-- refresh
DELETE FROM t WHERE a = 0;
-- refresh
