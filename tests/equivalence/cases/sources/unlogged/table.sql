-- An unlogged table is a source like any other.
-- mode: any
-- tables
CREATE UNLOGGED TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1);
-- query
SELECT id, v FROM t
-- changes
UPDATE t SET v = 2;
INSERT INTO t VALUES (2, 2);
-- refresh
