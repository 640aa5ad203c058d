-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t VALUES (1, 1), (2, 1), (3, 2);
-- query
SELECT DISTINCT a FROM t
-- changes
DELETE FROM t WHERE id = 1;
-- refresh
DELETE FROM t WHERE id = 2;
-- refresh
