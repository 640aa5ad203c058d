-- corr, covar and regr_*: a pair with a NULL does not count.
-- tables
CREATE TABLE t (id int PRIMARY KEY, x float8, y float8);
INSERT INTO t VALUES (1, 1, 2), (2, 2, 4), (3, 4, 5), (4, NULL, 1);
-- query
SELECT round(corr(y, x)::numeric, 6) AS c, round(covar_pop(y, x)::numeric, 6) AS cp, round(covar_samp(y, x)::numeric, 6) AS cs,
       regr_count(y, x) AS n, round(regr_slope(y, x)::numeric, 6) AS slope, round(regr_intercept(y, x)::numeric, 6) AS i,
       round(regr_r2(y, x)::numeric, 6) AS r2, round(regr_avgx(y, x)::numeric, 6) AS ax, round(regr_avgy(y, x)::numeric, 6) AS ay,
       round(regr_sxx(y, x)::numeric, 6) AS sxx, round(regr_syy(y, x)::numeric, 6) AS syy, round(regr_sxy(y, x)::numeric, 6) AS sxy
FROM t
-- changes
UPDATE t SET x = 8 WHERE id = 4;
-- refresh
DELETE FROM t WHERE id IN (2, 3);
-- refresh
DELETE FROM t;
-- refresh
