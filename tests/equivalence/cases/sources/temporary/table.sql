-- A temporary table lives in one session: no mode can keep a stream table of it.
-- mode: refused
-- sqlstate: 42P16
-- message: temporary
-- tables
CREATE TEMP TABLE passing (id int PRIMARY KEY);
-- query
SELECT id FROM passing
