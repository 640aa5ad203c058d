-- More names than columns.
-- mode: refused
-- sqlstate: 42601
-- message: .
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
-- stream st (a, b, c)
SELECT id, a FROM t
