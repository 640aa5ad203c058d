-- stddev and variance, of population and sample, over exact types: one row, two rows, none.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v numeric, i int);
INSERT INTO t VALUES (1, 1, 1.5, 1), (2, 1, 2.5, 5), (3, 2, 7, 7), (4, 3, NULL, NULL);
-- query
SELECT g, variance(v) AS v, var_pop(v) AS vp, var_samp(i) AS vs, stddev(v) AS s, stddev_pop(i) AS sp, stddev_samp(v) AS ss FROM t GROUP BY g
-- changes
INSERT INTO t VALUES (5, 2, 9, 9), (6, 3, 1, 1);
-- refresh
DELETE FROM t WHERE id = 2;
UPDATE t SET v = 'NaN' WHERE id = 5;
-- refresh
UPDATE t SET v = 2, i = 2;
-- refresh
