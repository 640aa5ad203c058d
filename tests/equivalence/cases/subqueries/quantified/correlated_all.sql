-- >= ALL of the rows of the same group: the maximum, with ties.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 5), (2, 1, 5), (3, 2, 1), (4, NULL, 4);
-- query
SELECT id, g, v FROM t WHERE v >= ALL (SELECT u.v FROM t u WHERE u.g = t.g)
-- changes
INSERT INTO t VALUES (5, 1, 9), (6, 2, NULL);
-- refresh
DELETE FROM t WHERE id = 5;
-- refresh
UPDATE t SET v = 0 WHERE id IN (1, 6);
UPDATE t SET g = 2 WHERE g IS NULL;
-- refresh
