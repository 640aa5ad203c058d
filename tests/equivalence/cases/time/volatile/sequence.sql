-- A query that writes, if only to a sequence, is refused: it is read again at every refresh.
-- mode: refused
-- sqlstate: 25006|0A000
-- message: nextval\(\)
-- tables
CREATE SEQUENCE s;
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
-- query
SELECT id, nextval('s') > 0 AS yes FROM t
