-- SUM over only NULLs is NULL, never 0; it turns with the first and the last value.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int, n numeric(6,2));
INSERT INTO t VALUES (1, 1, NULL, NULL), (2, 1, NULL, NULL), (3, 2, 5, 5), (4, 2, NULL, NULL);
-- query
SELECT g, sum(v) AS s, avg(v) AS a, sum(n) AS sn, avg(n) AS an, min(v) AS lo, max(n) AS hi, count(v) AS c FROM t GROUP BY g
-- changes
UPDATE t SET v = 3, n = 0 WHERE id = 1;
UPDATE t SET v = NULL, n = NULL WHERE id = 3;
-- refresh
UPDATE t SET v = NULL, n = NULL WHERE id = 1;
INSERT INTO t VALUES (5, 3, NULL, NULL);
-- refresh
DELETE FROM t WHERE id = 2;
INSERT INTO t VALUES (6, 3, 0, 0), (7, 2, -5, 0), (8, 2, 5, 0);
-- refresh
