-- How many groups have how many rows: a group moves from one bucket to another.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int);
INSERT INTO t SELECT i, i % 7 FROM generate_series(1, 20) i;
-- query
SELECT n, count(*) AS groups FROM (SELECT g, count(*) AS n FROM t GROUP BY g) x GROUP BY n
-- changes
DELETE FROM t WHERE id = 1;
-- refresh
UPDATE t SET g = 0 WHERE g = 1;
INSERT INTO t VALUES (30, NULL), (31, NULL);
-- refresh
DELETE FROM t WHERE g = 0;
-- refresh
