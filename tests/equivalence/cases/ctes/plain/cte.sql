-- WITH: used once, used twice, one of another, one not used at all.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 3, i FROM generate_series(1, 12) i;
-- query
WITH big AS (SELECT id, g, v FROM t WHERE v > 3), sums AS (SELECT g, sum(v) AS s FROM big GROUP BY g), unused AS (SELECT 1)
SELECT b.id, s.s, b2.v AS other FROM big b JOIN sums s ON s.g = b.g JOIN big b2 ON b2.id = b.id + 3
-- changes
UPDATE t SET v = v + 1;
-- refresh
UPDATE t SET g = 0 WHERE id < 8;
DELETE FROM t WHERE id = 12;
-- refresh
UPDATE t SET v = 0 WHERE g = 2;
-- refresh
