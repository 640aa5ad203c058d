-- tables
CREATE TABLE t (id int PRIMARY KEY, n int);
INSERT INTO t VALUES (1, 2);
-- query
SELECT t.id, g FROM t, generate_series(1, t.n) g
-- changes
UPDATE t SET n = 3;
-- refresh
