-- percentile_cont, percentile_disc, of one fraction and of several; the median moves.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 2, i FROM generate_series(1, 7) i;
-- query
SELECT g, percentile_cont(0.5) WITHIN GROUP (ORDER BY v) AS med, percentile_disc(0.5) WITHIN GROUP (ORDER BY v DESC) AS disc,
       percentile_cont(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY v) AS q FROM t GROUP BY g
-- changes
DELETE FROM t WHERE id = 4;
-- refresh
INSERT INTO t VALUES (8, 0, 100), (9, 1, NULL), (10, 3, NULL);
-- refresh
UPDATE t SET v = 5;
-- refresh
