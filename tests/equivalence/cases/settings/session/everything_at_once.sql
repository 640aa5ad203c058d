-- DateStyle, IntervalStyle, extra_float_digits, bytea_output, lc_monetary, TimeZone and search_path of the writer and of casts in the query.
-- tables
CREATE TABLE t (id int PRIMARY KEY, d date, f float8, b bytea, i interval, at timestamp);
INSERT INTO t VALUES (1, '2024-02-01', 0.1, '\x00ff', '1 day 2 hours', '2024-02-01 03:04:05');
-- stream rows
SELECT id, d, f, b, i, at FROM t
-- stream grouped
SELECT i, max(d) AS d, sum(f) AS f FROM t GROUP BY i
-- changes
SET DateStyle = 'SQL, DMY';
SET IntervalStyle = 'iso_8601';
SET extra_float_digits = -3;
SET bytea_output = 'escape';
SET TimeZone = 'Asia/Tokyo';
SET lc_monetary = 'C';
INSERT INTO t VALUES (2, '01/02/2024', 1.0 / 3, '\\377', 'P1DT2H', '01/02/2024 03:04:05');
UPDATE t SET f = f / 3 WHERE id = 1;
-- refresh
SET search_path = pg_catalog, public;
SET transform_null_equals = on;
DELETE FROM c_everything_at_once.t WHERE id = 1;
-- refresh
