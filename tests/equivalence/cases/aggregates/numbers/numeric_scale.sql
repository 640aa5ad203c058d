-- The scale of a numeric sum is the largest scale of what is in it now: 1.50 + 1 prints 2.50, and 2 when 1.50 left for 1.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v numeric);
INSERT INTO t VALUES (1, 1, 1.50), (2, 1, 1), (3, 2, 0.000), (4, 2, 10);
-- query
SELECT g, sum(v) AS s, avg(v) AS a, min(v) AS lo, max(v) AS hi FROM t GROUP BY g
-- changes
UPDATE t SET v = 1 WHERE id = 1;
DELETE FROM t WHERE id = 3;
-- refresh
INSERT INTO t VALUES (5, 1, 2.123456789), (6, 2, 1e-20);
-- refresh
DELETE FROM t WHERE id IN (5, 6);
-- refresh
