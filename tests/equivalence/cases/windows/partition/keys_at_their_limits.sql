-- Partitions and rows of a join that are found by keys at the ends of their types, by NULLs, times and text.
-- tables
CREATE TABLE t (id bigint PRIMARY KEY, i int, b bigint, d date, w text, v int NOT NULL);
CREATE TABLE r (at timestamptz, line smallint, ref bigint, PRIMARY KEY (at, line));
CREATE FUNCTION key_rows(first bigint, n int) RETURNS SETOF t LANGUAGE sql AS $$
    SELECT first + x, (ARRAY[-2147483648, 2147483647, 0, NULL])[x % 4 + 1],
           (ARRAY[-9223372036854775808, 9223372036854775807, -9223372036854775807, 0, 4294967296, NULL])[x % 6 + 1],
           (ARRAY['infinity', '-infinity', '2000-01-01', NULL]::date[])[x % 4 + 1], (ARRAY['', 'a', 'item 10', 'item 11', NULL])[x % 5 + 1], x
    FROM generate_series(0, n - 1) x
$$;
INSERT INTO t SELECT * FROM key_rows(-9223372036854775808, 20);
INSERT INTO t SELECT * FROM key_rows(-10, 30);
INSERT INTO r SELECT (ARRAY['infinity', '-infinity', '2000-01-01 00:00:00.5+00']::timestamptz[])[x % 3 + 1], x, x - 12 FROM generate_series(0, 29) x;
-- stream by_number
SELECT id, b, rank() OVER (PARTITION BY b ORDER BY v, id) AS place FROM t
-- stream by_both
SELECT id, row_number() OVER (PARTITION BY i, b ORDER BY v, id) AS place FROM t
-- stream by_date
SELECT id, count(*) OVER (PARTITION BY d) AS n FROM t
-- stream by_text
SELECT id, sum(v) OVER (PARTITION BY w) AS n FROM t
-- stream joined
SELECT t.id, r.at, r.line FROM t LEFT JOIN r ON r.ref = t.id
-- stream joined_by_time
SELECT r.at, r.line, t.v FROM r LEFT JOIN t ON t.id = r.ref
-- stream first
SELECT DISTINCT ON (b, i) b, i, id FROM t ORDER BY b, i, v, id
-- changes
UPDATE t SET b = NULL, w = 'item 12', v = v + 1 WHERE id % 3 = 0;
DELETE FROM t WHERE id BETWEEN 2 AND 5;
UPDATE r SET line = line + 100 WHERE at = 'infinity' AND line < 10;
-- refresh
INSERT INTO t SELECT * FROM key_rows(9223372036854775800, 8);
UPDATE t SET i = 0, d = 'infinity' WHERE b IS NULL;
DELETE FROM r WHERE at = '-infinity';
-- refresh
UPDATE t SET b = 0, i = NULL, w = NULL, d = NULL WHERE v % 2 = 0;
INSERT INTO r VALUES ('-infinity', -32768, -9223372036854775808), ('-infinity', 32767, 9223372036854775807);
-- refresh
