-- Two output columns of one name cannot be a table's columns.
-- mode: refused
-- sqlstate: 42701
-- message: specified more than once
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
-- query
SELECT id AS x, a AS x FROM t
