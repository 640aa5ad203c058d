-- Aggregates as window functions, with FILTER, array_agg and a share of the total.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 1), (2, 1, 3), (3, 2, 5);
-- query
SELECT id, count(*) FILTER (WHERE v > 2) OVER (PARTITION BY g) AS n, array_agg(v) OVER (PARTITION BY g ORDER BY id) AS a,
       round(v * 100.0 / sum(v) OVER (PARTITION BY g), 2) AS share FROM t
-- changes
INSERT INTO t VALUES (4, 2, 15);
-- refresh
UPDATE t SET g = 2 WHERE id = 1;
DELETE FROM t WHERE id = 3;
-- refresh
