-- The best groups: ORDER BY an aggregate LIMIT.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 5, i FROM generate_series(1, 10) i;
-- query
SELECT g, sum(v) AS s FROM t GROUP BY g ORDER BY sum(v) DESC, g LIMIT 2
-- changes
UPDATE t SET v = 100 WHERE id = 1;
-- refresh
DELETE FROM t WHERE g = 4;
-- refresh
DELETE FROM t WHERE g <> 2;
-- refresh
