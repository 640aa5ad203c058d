-- Only a SELECT can be kept.
-- mode: refused
-- sqlstate: 42601
-- message: .
-- tables
CREATE TABLE t (id int PRIMARY KEY);
-- query
DELETE FROM t RETURNING id
