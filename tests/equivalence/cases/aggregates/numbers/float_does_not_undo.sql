-- 1e20 + 1 - 1e20 is 0 in floating point: a sum may not be carried on by subtraction.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, f float8, r real);
INSERT INTO t VALUES (1, 1, 1, 1), (2, 1, 2, 2), (3, 2, 0.5, 0.5);
-- query
SELECT g, sum(f) AS s, avg(f) AS a, sum(r) AS sr, avg(r) AS ar FROM t GROUP BY g
-- changes
INSERT INTO t VALUES (10, 1, 1e20, 1e10);
-- refresh
DELETE FROM t WHERE id = 10;
-- refresh
INSERT INTO t VALUES (11, 2, -0.0, -0.0);
UPDATE t SET f = 1e100 WHERE id = 2;
-- refresh
UPDATE t SET f = 2 WHERE id = 2;
-- refresh
