-- Compared with the average of its own group (TPC-H 17).
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 1), (2, 1, 9), (3, 2, 5), (4, NULL, 3);
-- query
SELECT id, g, v FROM t WHERE v > (SELECT avg(u.v) FROM t u WHERE u.g = t.g)
-- changes
INSERT INTO t VALUES (5, 2, 7), (6, 1, 100);
-- refresh
DELETE FROM t WHERE id = 6;
UPDATE t SET g = 2 WHERE g IS NULL;
-- refresh
UPDATE t SET v = 5;
-- refresh
