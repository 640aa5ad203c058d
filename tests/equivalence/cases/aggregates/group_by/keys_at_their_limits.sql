-- Keys beside each other, far apart, at the ends of their types, and numbers that are alike in half of their bits.
-- tables
CREATE TABLE t (id int PRIMARY KEY, s smallint, i int, b bigint, o oid, d date, ts timestamp, tz timestamptz(3), v int);
CREATE FUNCTION key_rows(first int, n int) RETURNS SETOF t LANGUAGE sql AS $$
    SELECT first + x, (ARRAY[-32768, 32767, 0, -1, NULL])[x % 5 + 1], (ARRAY[-2147483648, 2147483647, 0, 1, NULL, -1])[x % 6 + 1],
           (ARRAY[-9223372036854775808, 9223372036854775807, -9223372036854775807, 0, 4294967296, 8589934592, NULL])[x % 7 + 1],
           (ARRAY[0, 4294967295, 1, NULL]::oid[])[x % 4 + 1],
           (ARRAY['infinity', '-infinity', '4713-01-01 BC', '5874897-12-31', '2000-01-01', NULL]::date[])[x % 6 + 1],
           (ARRAY['infinity', '-infinity', '4713-01-01 BC', '294276-12-31 23:59:59.999999', '2000-01-01', '2000-01-01 00:00:00.000001', NULL]::timestamp[])[x % 7 + 1],
           (ARRAY['infinity', '-infinity', '1999-12-31 23:59:59.5+00', '2000-01-01 01:00+01', NULL]::timestamptz[])[x % 5 + 1], x
    FROM generate_series(0, n - 1) x
$$;
INSERT INTO t SELECT * FROM key_rows(0, 60);
-- stream small
SELECT s, count(*) AS n, max(v) AS m FROM t GROUP BY s
-- stream plain
SELECT i, count(*) AS n, sum(v) AS m FROM t GROUP BY i
-- stream big
SELECT b, count(*) AS n, min(v) AS m FROM t GROUP BY b
-- stream oids
SELECT o, count(*) AS n, array_agg(v ORDER BY v) AS m FROM t GROUP BY o
-- stream dates
SELECT d, count(*) AS n, max(v) AS m FROM t GROUP BY d
-- stream times
SELECT ts, count(*) AS n, avg(v) AS m FROM t GROUP BY ts
-- stream zones
SELECT tz, count(*) AS n, min(v) AS m FROM t GROUP BY tz
-- stream numbers
SELECT b, i, s, count(*) AS n, max(v) AS m FROM t GROUP BY b, i, s
-- stream same
SELECT i, b, i + 0 AS j, b AS c, count(*) AS n FROM t GROUP BY i, b, i + 0
-- stream mixed
SELECT i, d, ts, o, count(*) AS n, min(v) AS m FROM t GROUP BY i, d, ts, o
-- stream every
SELECT DISTINCT s, i, b, o, d, ts, tz FROM t
-- changes
DELETE FROM t WHERE id % 3 = 0;
UPDATE t SET b = coalesce(b, 0), i = NULL, d = 'infinity' WHERE id % 3 = 1;
-- refresh
INSERT INTO t SELECT * FROM key_rows(100, 50);
UPDATE t SET s = -s, v = v + 1 WHERE s > -32768;
DELETE FROM t WHERE ts = 'infinity';
-- refresh
UPDATE t SET s = NULL, i = NULL, b = NULL, o = NULL, d = NULL, ts = NULL, tz = NULL WHERE id > 120;
-- refresh
DELETE FROM t;
INSERT INTO t SELECT * FROM key_rows(7, 11);
-- refresh
