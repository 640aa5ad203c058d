-- A HAVING that is NULL drops the group; it reads min, max and a DISTINCT count that are not shown.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, NULL), (2, 1, NULL), (3, 2, 1), (4, 2, 2);
-- query
SELECT g FROM t GROUP BY g HAVING max(v) - min(v) > 0 AND count(DISTINCT v) = 2
-- changes
UPDATE t SET v = id WHERE g = 1;
-- refresh
INSERT INTO t VALUES (5, 2, 9);
UPDATE t SET v = NULL WHERE id = 1;
-- refresh
DELETE FROM t WHERE id = 5;
-- refresh
