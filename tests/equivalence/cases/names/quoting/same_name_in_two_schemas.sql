-- Two tables of one name in two schemas, and a column called like its table.
-- tables
CREATE SCHEMA c_same_name_2;
CREATE TABLE t (t int PRIMARY KEY, v int);
CREATE TABLE c_same_name_2.t (t int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1);
INSERT INTO c_same_name_2.t VALUES (1, 100);
-- query
SELECT a.t, a.v, t.v AS other FROM t a JOIN c_same_name_2.t USING (t)
-- changes
UPDATE c_same_name_2.t SET v = 200;
INSERT INTO t VALUES (2, 2);
-- refresh
INSERT INTO c_same_name_2.t VALUES (2, 300);
UPDATE t SET v = 5;
-- refresh
