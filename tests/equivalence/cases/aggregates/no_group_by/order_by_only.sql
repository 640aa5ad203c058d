-- An aggregate that stands in ORDER BY alone makes one row of all.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2);
-- stream one
SELECT (SELECT max(v) FROM t) AS hi FROM t ORDER BY count(*)
-- stream per_row
SELECT v FROM t GROUP BY v ORDER BY sum(id)
-- changes
INSERT INTO t VALUES (3, 3);
-- refresh
DELETE FROM t WHERE id < 3;
-- refresh
