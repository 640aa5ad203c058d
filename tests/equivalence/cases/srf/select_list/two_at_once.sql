-- Two set-returning functions in one SELECT list run in lockstep.
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int[], n int);
INSERT INTO t VALUES (1, '{1,2,3}', 2), (2, '{}', 0);
-- query
SELECT id, unnest(a) AS x, generate_series(1, n) AS y FROM t
-- changes
UPDATE t SET n = 5 WHERE id = 1;
-- refresh
UPDATE t SET a = '{9}', n = 1;
-- refresh
