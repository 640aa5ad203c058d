-- The plainest one: groups grow, shrink, vanish and come back.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g text, v int);
INSERT INTO t SELECT i, 'g' || i % 4, i FROM generate_series(1, 20) i;
-- query
SELECT g, count(*) AS n, count(v) AS nv, sum(v) AS s FROM t GROUP BY g
-- changes
UPDATE t SET v = v + 100 WHERE id <= 3;
-- refresh
DELETE FROM t WHERE g = 'g1';
UPDATE t SET v = NULL WHERE g = 'g2';
-- refresh
INSERT INTO t VALUES (1, 'g1', 7), (101, NULL, 8), (102, 'new', NULL);
UPDATE t SET g = 'g2' WHERE g = 'g3';
-- refresh
UPDATE t SET v = id WHERE v IS NULL;
DELETE FROM t WHERE g IS NULL;
-- refresh
