-- A table with children of inheritance: a query on the parent sees the children's rows.
-- mode: any
-- construct: inherit
-- position: none
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE TABLE t_child (extra text) INHERITS (t);
INSERT INTO t VALUES (1, 1);
INSERT INTO t_child VALUES (1, 100, 'x');
-- query
SELECT id, a FROM t
-- changes
INSERT INTO t_child VALUES (2, 2, 'y');
-- refresh
UPDATE t SET a = a + 1;
-- refresh
DELETE FROM t_child WHERE id = 1;
UPDATE ONLY t SET a = 0;
-- refresh
