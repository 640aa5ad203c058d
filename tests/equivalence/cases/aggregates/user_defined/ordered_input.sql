-- An aggregate of the user whose result depends on the order of its input.
-- tables
CREATE FUNCTION add_digit(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT coalesce($1, 0) * 10 + coalesce($2, 0)';
CREATE AGGREGATE digits(int) (SFUNC = add_digit, STYPE = int);
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 3), (2, 1, 1), (3, 2, NULL);
-- query
SELECT g, digits(v ORDER BY v DESC) AS d, digits(v ORDER BY id) FILTER (WHERE v > 1) AS f FROM t GROUP BY g
-- changes
INSERT INTO t VALUES (4, 1, 2);
-- refresh
DELETE FROM t WHERE id = 1;
INSERT INTO t VALUES (5, 2, 9);
-- refresh
