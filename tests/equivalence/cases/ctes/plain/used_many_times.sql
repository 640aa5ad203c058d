-- One CTE read three times, once with itself.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 3, i FROM generate_series(1, 9) i;
-- query
WITH s AS (SELECT g, sum(v) AS s FROM t GROUP BY g)
SELECT a.g, a.s, b.s AS next, (SELECT max(s) FROM s) AS top FROM s a JOIN s b ON b.g = a.g + 1
-- changes
UPDATE t SET v = 100 WHERE id = 1;
-- refresh
DELETE FROM t WHERE g = 2;
INSERT INTO t VALUES (20, 3, 1), (21, 2, NULL);
-- refresh
