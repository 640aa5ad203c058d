-- 1.0 and 1.00 are equal: one row; which image it shows is free.
-- compare: equality
-- tables
CREATE TABLE t (id int PRIMARY KEY, v numeric);
INSERT INTO t VALUES (1, 1.0), (2, 1.00), (3, 2);
-- query
SELECT DISTINCT v FROM t
-- changes
DELETE FROM t WHERE id = 1;
INSERT INTO t VALUES (4, 3.10);
-- refresh
DELETE FROM t WHERE id = 2;
INSERT INTO t VALUES (5, 3.1);
-- refresh
