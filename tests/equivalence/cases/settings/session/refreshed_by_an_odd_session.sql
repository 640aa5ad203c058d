-- The session that refreshes in its own transaction has odd settings; they must not reach the result.
-- tables
CREATE TABLE t (id int PRIMARY KEY, d date, f float8, i interval, at timestamptz);
INSERT INTO t VALUES (1, '2024-02-01', 0.1, '1 day', '2024-02-01 00:00+00');
-- stream rows
SELECT id, d, f, i, at FROM t
-- stream grouped
SELECT d, sum(f) AS f, max(i) AS i FROM t WHERE d > '2024-01-02' GROUP BY d
-- changes
SET DateStyle = 'SQL, DMY';
SET IntervalStyle = 'sql_standard';
SET extra_float_digits = -15;
SET TimeZone = 'America/Caracas';
BEGIN;
INSERT INTO t VALUES (2, '2024-01-03', 1.0 / 3, '2 days', '2024-02-01 00:00+00');
-- refresh => any
UPDATE t SET f = f / 7;
-- refresh => any
COMMIT;
-- refresh => any
