-- ROLLUP, CUBE, GROUPING SETS alone, in each other and multiplied, with GROUPING(), keys inside expressions, HAVING, DISTINCT sets.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(5), c date, v int, n numeric(10,2));
INSERT INTO t SELECT i, i % 3, 'b' || i % 2, date '2024-01-01' + i % 2, i, i / 3.0 FROM generate_series(1, 18) i;
INSERT INTO t VALUES (90, NULL, NULL, NULL, NULL, NULL), (91, NULL, 'b0', NULL, 5, 1);
-- query
SELECT a, b, GROUPING(a, b) AS g, count(*) AS n, sum(v) AS s, avg(n) AS m FROM t GROUP BY ROLLUP (a, b)
-- stream cube
SELECT a, b, c, max(v) AS v, count(b) AS n FROM t GROUP BY CUBE (a, b, c)
-- stream sets
SELECT a, b, coalesce(b, 'all') || coalesce(a::text, '*') AS label, sum(a) AS own, string_agg(b, ',' ORDER BY b, id) AS l FROM t GROUP BY GROUPING SETS ((a, b), (b), a, (), ())
-- changes
UPDATE t SET a = 7 WHERE a = 1;
-- refresh
DELETE FROM t WHERE b = 'b1';
INSERT INTO t VALUES (100, 2, 'new', '2025-01-01', 3, 0.10);
-- refresh
UPDATE t SET v = v + 1, n = NULL WHERE a IS NULL OR a = 2;
-- refresh
DELETE FROM t;
-- refresh
INSERT INTO t VALUES (1, NULL, 'x', NULL, 1, 1);
-- refresh
