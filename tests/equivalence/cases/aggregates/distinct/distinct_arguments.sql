-- count, sum and avg of DISTINCT values, with duplicates that come and go.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 5), (2, 1, 5), (3, 1, 7), (4, 2, NULL), (5, 2, 5);
-- query
SELECT g, count(DISTINCT v) AS n, sum(DISTINCT v) AS s, avg(DISTINCT v) AS a, min(DISTINCT v) AS lo, count(*) AS c FROM t GROUP BY g
-- changes
DELETE FROM t WHERE id = 1;
-- refresh
DELETE FROM t WHERE id = 2;
INSERT INTO t VALUES (6, 2, 5), (7, 2, NULL);
-- refresh
UPDATE t SET v = 9 WHERE g = 2;
UPDATE t SET v = v + 2;
-- refresh
