-- A table that was captured becomes somebody's child: it is noticed, and nothing is missed.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE TABLE p (id int NOT NULL, a int);
INSERT INTO t VALUES (1, 1);
-- query
SELECT id, a FROM t
-- changes
UPDATE t SET a = 2;
-- refresh
ALTER TABLE t INHERIT p;
UPDATE p SET a = 3;
-- refresh => FULL
UPDATE p SET a = 4;
-- refresh => FULL
ALTER TABLE t NO INHERIT p;
UPDATE t SET a = 5;
-- refresh => any
UPDATE t SET a = 6;
-- refresh
