-- tables
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
-- query
SELECT t.id, v.n FROM t JOIN (VALUES (1, 'one'), (2, 'two')) v (id, n) ON v.id = t.id
-- changes
INSERT INTO t VALUES (2);
-- refresh
