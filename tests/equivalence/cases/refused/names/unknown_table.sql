-- A table that does not exist, with PostgreSQL's own error.
-- mode: refused
-- sqlstate: 42P01
-- message: does not exist
-- tables
-- query
SELECT id FROM no_such_table
