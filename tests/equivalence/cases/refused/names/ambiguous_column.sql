-- An ambiguous column, with PostgreSQL's own error.
-- mode: refused
-- sqlstate: 42702
-- message: ambiguous
-- tables
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE u (id int PRIMARY KEY);
-- query
SELECT id FROM t, u
