-- A thousand changes fall on three groups, then on one group each.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 300, i FROM generate_series(1, 3000) i;
-- query
SELECT g, count(*) AS n, sum(v) AS s, min(v) AS lo, max(v) AS hi FROM t GROUP BY g
-- changes
UPDATE t SET g = g % 3 WHERE id <= 1000;
-- refresh => any
UPDATE t SET g = id WHERE id <= 1000;
-- refresh => any
DELETE FROM t WHERE id % 7 = 0;
-- refresh => any
