-- Both branches read one table: an update moves a row from one to the other.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
INSERT INTO t VALUES (1, 1, 2), (2, 2, 3), (3, NULL, 3);
-- query
SELECT a AS v FROM t WHERE a > 0 UNION SELECT b FROM t
-- changes
UPDATE t SET a = b, b = a WHERE id < 3;
-- refresh
UPDATE t SET b = NULL;
-- refresh
DELETE FROM t WHERE id = 2;
-- refresh
