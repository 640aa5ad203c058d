-- An aggregate of aggregates of aggregates.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int, v int);
INSERT INTO t SELECT i, i % 2, i % 3, i FROM generate_series(1, 12) i;
-- query
SELECT round(avg(s), 4) AS a, max(n) AS m, count(*) AS groups FROM (SELECT a, sum(s) AS s, max(n) AS n FROM (SELECT a, b, sum(v) AS s, count(*) AS n FROM t GROUP BY a, b) x GROUP BY a) y
-- changes
INSERT INTO t VALUES (20, 2, 0, 100);
-- refresh
DELETE FROM t WHERE a = 0 AND b = 0;
-- refresh
DELETE FROM t;
-- refresh
