-- HAVING on a set, and a list as one element of a ROLLUP, beside a DISTINCT argument.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(5), c date, v int, n numeric(10,2));
INSERT INTO t SELECT i, i % 3, 'b' || i % 2, date '2024-01-01' + i % 2, i, i / 3.0 FROM generate_series(1, 18) i;
INSERT INTO t VALUES (90, NULL, NULL, NULL, NULL, NULL), (91, NULL, 'b0', NULL, 5, 1);
-- query
SELECT a, b, sum(v) AS s FROM t GROUP BY CUBE (a, b) HAVING GROUPING(a) = 1 OR sum(v) > 20
-- stream listed
SELECT a + 1 AS k, GROUPING(a + 1) AS g, b, count(DISTINCT v) AS n FROM t GROUP BY ROLLUP ((a + 1, b), c)
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
