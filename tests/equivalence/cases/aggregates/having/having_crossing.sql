-- Groups cross a HAVING threshold in both directions; it uses an aggregate that is not shown.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 4, i FROM generate_series(1, 16) i;
-- query
SELECT g, sum(v) AS s FROM t GROUP BY g HAVING count(*) >= 4 AND avg(v) > 7 AND g IS NOT NULL
-- changes
DELETE FROM t WHERE id = 16;
-- refresh
INSERT INTO t VALUES (16, 0, 16), (17, 1, 100);
UPDATE t SET v = 0 WHERE g = 2;
-- refresh
UPDATE t SET g = NULL WHERE g = 1;
UPDATE t SET v = 50 WHERE id = 2;
-- refresh
UPDATE t SET g = 1 WHERE g IS NULL;
-- refresh
