-- Statistics, bits and ranges, by group.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int, f float8, n numeric, s text, ok bool, r int4range, bits bit(4), a int[]);
INSERT INTO t SELECT i, i % 3, i % 7, i / 7.0, i / 8.0, chr(97 + i % 5), i % 2 = 0, int4range(i, i + 2), (i % 16)::bit(4), ARRAY[i, i % 2] FROM generate_series(1, 30) i;
INSERT INTO t (id) VALUES (90);
INSERT INTO t (id, g) VALUES (91, 5);
-- query
SELECT g, stddev(v) AS sd, stddev_pop(n) AS sp, variance(f) AS va, var_pop(v) AS vp, corr(f, v) AS co, covar_pop(f, v) AS cv, regr_slope(v, f) AS rs, regr_count(v, f) AS rc, bit_and(v) AS ba, bit_or(bits) AS bo, bit_xor(v) AS bx FROM t GROUP BY g
-- stream ranges
SELECT ok, range_agg(r) AS ra, range_intersect_agg(r) AS ri, count(DISTINCT r) AS n, sum(v ORDER BY id) AS s, max(f ORDER BY v) AS m FROM t GROUP BY ok
-- changes
UPDATE t SET v = v + 1, s = s || 'x' WHERE id % 4 = 0;
-- refresh
DELETE FROM t WHERE g = 1;
UPDATE t SET g = 9 WHERE g = 2 AND id < 10;
-- refresh
UPDATE t SET f = NULL, n = NULL, s = NULL, r = NULL, ok = NULL, bits = NULL WHERE id % 3 = 0;
INSERT INTO t (id, g, v, s) VALUES (200, 1, 1, 'only');
-- refresh
DELETE FROM t;
-- refresh
INSERT INTO t (id, g, v, f, s, ok) VALUES (1, NULL, 1, 'NaN', '', true);
-- refresh
