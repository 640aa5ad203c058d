-- A WITH that writes is no query to keep.
-- mode: refused
-- sqlstate: 0A000
-- message: .
-- tables
CREATE TABLE t (id int PRIMARY KEY);
-- query
WITH d AS (DELETE FROM t RETURNING id) SELECT id FROM d
