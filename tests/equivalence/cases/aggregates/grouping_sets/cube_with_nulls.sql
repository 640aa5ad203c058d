-- CUBE where a key is NULL itself: GROUPING() tells the NULL of the data from the one of the set.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b text, v int);
INSERT INTO t VALUES (1, 1, 'x', 1), (2, NULL, 'x', 2), (3, 1, NULL, 3);
-- query
SELECT a, b, GROUPING(a, b) AS g, count(*) AS n, sum(v) AS s FROM t GROUP BY CUBE (a, b)
-- changes
INSERT INTO t VALUES (4, NULL, NULL, 4);
-- refresh
DELETE FROM t WHERE id = 1;
UPDATE t SET b = 'y' WHERE b IS NULL;
-- refresh
DELETE FROM t;
-- refresh
