-- The ends of the integer types, infinities, the smallest and the largest float, numeric of 1000 digits.
-- tables
CREATE TABLE t (id int PRIMARY KEY, s smallint, i int, b bigint, f float8, n numeric);
INSERT INTO t VALUES (1, -32768, -2147483648, -9223372036854775808, 5e-324, 1), (2, 32767, 2147483647, 9223372036854775807, 1.7976931348623157e308, -1);
-- stream rows
SELECT id, s, i, b, f, n FROM t
-- stream extremes
SELECT min(b) AS lo, max(b) AS hi, sum(b) AS s, max(f) AS f, sum(n) AS n FROM t
-- changes
UPDATE t SET n = ('1' || repeat('0', 999))::numeric WHERE id = 1;
INSERT INTO t VALUES (3, 0, 0, 0, 'Infinity', 'Infinity');
-- refresh
DELETE FROM t WHERE id = 3;
UPDATE t SET b = -1 WHERE id = 2;
-- refresh
