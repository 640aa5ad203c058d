-- A set-returning function inside an expression, and one whose rows are grouped above.
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, n int);
INSERT INTO t VALUES (1, 2), (2, 3);
-- query
SELECT x, count(*) AS c FROM (SELECT id, generate_series(1, n) * 10 AS x FROM t) s GROUP BY x
-- changes
UPDATE t SET n = 1 WHERE id = 1;
-- refresh
INSERT INTO t VALUES (3, 4);
-- refresh
