-- Text that differs in its last characters only, is shorter than these, is empty, or whose equality is not of its bytes.
-- tables
CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE t (id int PRIMARY KEY, a text, b varchar(12), c text COLLATE loose, d name, v int);
CREATE FUNCTION key_rows(first int, n int) RETURNS SETOF t LANGUAGE sql AS $$
    SELECT first + x, (ARRAY['', 'a', 'ab', 'abc', 'abd', 'customer 1' || x % 3, 'customer 1' || x % 2, 'größe', 'größß', NULL])[x % 10 + 1],
           (ARRAY['', ' ', '  ', 'x 1', 'x 2', NULL])[x % 6 + 1], (ARRAY['Item 01', 'iTEM 01', 'item 02', NULL])[x % 4 + 1],
           ('n' || x % 4)::name, x
    FROM generate_series(0, n - 1) x
$$;
INSERT INTO t SELECT * FROM key_rows(0, 40);
-- stream texts
SELECT a, count(*) AS n, max(v) AS m FROM t GROUP BY a
-- stream varchars
SELECT b, count(*) AS n, sum(v) AS m FROM t GROUP BY b
-- stream loose
SELECT lower(min(c COLLATE "C")) AS shown, count(*) AS n, min(v) AS m FROM t GROUP BY c
-- stream names
SELECT d, a, count(*) AS n, array_agg(v ORDER BY v) AS m FROM t GROUP BY d, a
-- stream pairs
SELECT DISTINCT a, b FROM t
-- changes
UPDATE t SET a = a || '0', v = v + 1 WHERE id % 3 = 0;
DELETE FROM t WHERE a = '' OR b = ' ';
-- refresh
INSERT INTO t SELECT * FROM key_rows(100, 40);
UPDATE t SET a = left(a, 1), b = NULL, c = upper(c) WHERE id % 5 = 0;
-- refresh
UPDATE t SET a = NULL, c = NULL WHERE id % 2 = 0;
DELETE FROM t WHERE id > 120;
-- refresh
