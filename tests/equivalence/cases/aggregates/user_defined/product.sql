-- An aggregate of the user's: what undoes it is not known.
-- tables
CREATE FUNCTION times(numeric, numeric) RETURNS numeric IMMUTABLE STRICT LANGUAGE sql AS 'SELECT $1 * $2';
CREATE AGGREGATE product(numeric) (SFUNC = times, STYPE = numeric, INITCOND = '1');
CREATE TABLE t (id int PRIMARY KEY, g int, v numeric);
INSERT INTO t VALUES (1, 1, 2), (2, 1, 3), (3, 2, 5);
-- query
SELECT g, count(*) AS n, product(v) AS p FROM t GROUP BY g
-- changes
INSERT INTO t VALUES (4, 2, 7), (5, 3, 11);
UPDATE t SET v = 4 WHERE id = 1;
-- refresh
DELETE FROM t WHERE id = 2;
UPDATE t SET g = 1 WHERE g = 2;
-- refresh
