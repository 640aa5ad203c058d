-- Copies of rows without a key whose numbers and times are at the ends of their types, and alike in half of their bits.
-- tables
CREATE TABLE t (i int, b bigint, d date, tz timestamptz);
CREATE FUNCTION some_rows(n int) RETURNS SETOF t LANGUAGE sql AS $$
    SELECT (ARRAY[-2147483648, 2147483647, 0, NULL])[x % 4 + 1],
           (ARRAY[-9223372036854775808, 9223372036854775807, -9223372036854775807, 0, 4294967296, NULL])[x % 6 + 1],
           (ARRAY['infinity', '-infinity', '4713-01-01 BC', NULL]::date[])[x % 4 + 1],
           (ARRAY['infinity', '-infinity', '2000-01-01 01:00+01', NULL]::timestamptz[])[x % 4 + 1]
    FROM generate_series(0, n - 1) x
$$;
INSERT INTO t SELECT * FROM some_rows(50);
-- stream one
SELECT b FROM t
-- stream two
SELECT i, b FROM t
-- stream dates
SELECT d, i FROM t WHERE b IS DISTINCT FROM 0
-- stream every
SELECT * FROM t
-- changes
DELETE FROM t WHERE b = 0;
UPDATE t SET b = 4294967296 WHERE b = -9223372036854775808;
-- refresh
INSERT INTO t SELECT * FROM some_rows(13);
UPDATE t SET d = NULL, i = 0 WHERE i = 2147483647;
-- refresh
UPDATE t SET b = NULL WHERE d = 'infinity';
DELETE FROM t WHERE i IS NULL;
-- refresh
