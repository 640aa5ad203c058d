-- A user's functions in DISTINCT, set operations and sets of groups.
-- tables
CREATE FUNCTION mul(numeric, numeric) RETURNS numeric IMMUTABLE LANGUAGE sql AS 'SELECT coalesce($1 * $2, $1)';
CREATE AGGREGATE product(numeric) (SFUNC = mul, STYPE = numeric, INITCOND = '1');
CREATE FUNCTION put(text, text, text) RETURNS text IMMUTABLE LANGUAGE sql AS $$SELECT concat_ws($3, $1, $2)$$;
CREATE FUNCTION put2(text, text, text) RETURNS text IMMUTABLE LANGUAGE sql AS $$SELECT coalesce($1 || $3 || $2, $1, $2)$$;
CREATE AGGREGATE glue(text, text) (SFUNC = put2, STYPE = text);
CREATE FUNCTION many(int, VARIADIC int[]) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT coalesce($1, 0) + coalesce(sum(x), 0)::int FROM unnest($2) x';
CREATE AGGREGATE addall(VARIADIC int[]) (SFUNC = many, STYPE = int, INITCOND = '0');
CREATE FUNCTION pretty(numeric) RETURNS text IMMUTABLE LANGUAGE sql AS $$SELECT '<' || $1::text || '>'$$;
CREATE TABLE t (id int PRIMARY KEY, g int, v int, s text);
CREATE TABLE u (v int);
INSERT INTO t SELECT i, i % 3, i % 4 + 1, chr(96 + i) FROM generate_series(1, 12) i;
INSERT INTO u VALUES (1), (1), (3), (NULL);
-- query
SELECT DISTINCT pretty(v) AS p FROM t
-- stream unions
SELECT pretty(v) AS p FROM t UNION SELECT pretty(v) FROM u
-- stream commons
SELECT pretty(v) AS p FROM t INTERSECT ALL SELECT pretty(v) FROM u
-- stream cubes
SELECT g, pretty(v) AS p, product(id) AS x FROM t WHERE id < 8 GROUP BY CUBE (g, pretty(v))
-- changes
UPDATE t SET v = v + 1 WHERE id < 5;
-- refresh
DELETE FROM t WHERE g = 1;
INSERT INTO u VALUES (5), (5), (2);
-- refresh
DELETE FROM u WHERE v = 1;
INSERT INTO t VALUES (40, NULL, 5, 'z'), (41, NULL, 5, NULL);
UPDATE t SET g = 8 WHERE id = 3;
-- refresh
DELETE FROM t;
-- refresh
