-- A table EXCEPT a filter of itself.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 1), (3, 2), (4, NULL);
-- query
SELECT v FROM t EXCEPT SELECT v FROM t WHERE id > 2
-- changes
UPDATE t SET v = 1 WHERE id = 3;
-- refresh
DELETE FROM t WHERE id = 3;
UPDATE t SET v = NULL WHERE id = 2;
-- refresh
