-- The group key is not in the output, so equal rows come from different groups.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 5), (2, 2, 5), (3, 3, 6);
-- query
SELECT sum(v) AS s FROM t GROUP BY g
-- changes
UPDATE t SET v = 5 WHERE g = 3;
-- refresh
UPDATE t SET g = 1 WHERE id = 2;
INSERT INTO t VALUES (4, 4, 10), (5, NULL, 10);
-- refresh
DELETE FROM t WHERE g = 1;
-- refresh
