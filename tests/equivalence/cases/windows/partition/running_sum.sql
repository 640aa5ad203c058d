-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 2, i FROM generate_series(1, 6) i;
-- query
SELECT id, sum(v) OVER (PARTITION BY g ORDER BY id) AS running FROM t
-- changes
UPDATE t SET v = 10 WHERE id = 2;
-- refresh
