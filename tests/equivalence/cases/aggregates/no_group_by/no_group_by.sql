-- Without GROUP BY there is always exactly one row, over nothing too.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
-- query
SELECT count(*) AS n, count(v) AS c, sum(v) AS s, avg(v) AS a, min(v) AS lo, max(v) AS hi FROM t
-- changes
INSERT INTO t VALUES (1, NULL);
-- refresh
INSERT INTO t VALUES (2, 5), (3, 7);
-- refresh
DELETE FROM t;
-- refresh
INSERT INTO t VALUES (1, 1);
-- refresh
