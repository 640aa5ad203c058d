-- A table FULL joined with itself shifted by one.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2), (4, 4);
-- query
SELECT a.id AS a, b.id AS b, b.v - a.v AS step FROM t a FULL JOIN t b ON b.id = a.id + 1
-- changes
INSERT INTO t VALUES (3, 30);
-- refresh
DELETE FROM t WHERE id = 2;
UPDATE t SET v = 0 WHERE id = 4;
-- refresh
UPDATE t SET id = id + 100;
-- refresh
