-- A constant as a key of several sets is NULL where it is not grouped by, and GROUPING() tells of it. Canonical text writes it with a
-- cast in GROUP BY and without one elsewhere.
-- tables
CREATE TABLE t (id int PRIMARY KEY, c int, n numeric(8,1));
INSERT INTO t VALUES (1, 1, 1.0), (2, 2, NULL);
-- stream shown
SELECT c, 7::int AS k, count(*) AS n FROM t GROUP BY CUBE (c, 7::int)
-- stream told
SELECT c, 1.00::numeric AS k, GROUPING(c, 1.00::numeric) AS g, sum(n) AS s FROM t GROUP BY ROLLUP (c, 1.00::numeric)
-- stream ranked
SELECT c, 'x'::text AS k, rank() OVER (ORDER BY count(*)) AS r FROM t GROUP BY GROUPING SETS ((c), ('x'::text))
-- changes
INSERT INTO t VALUES (3, 1, 2.5);
-- refresh
DELETE FROM t WHERE c = 2;
UPDATE t SET c = NULL WHERE id = 1;
-- refresh
