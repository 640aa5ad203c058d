-- SELECT INTO makes a table of its own.
-- mode: refused
-- sqlstate: 0A000
-- message: .
-- tables
CREATE TABLE t (id int PRIMARY KEY);
-- query
SELECT id INTO other FROM t
