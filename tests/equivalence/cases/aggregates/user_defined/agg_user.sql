-- Aggregates of a user's, plain, of several arguments, VARIADIC, ordered, ordered-set; DISTINCT and set operations of a user's functions; a user's functions above aggregates.
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
SELECT g, product(v) AS p, product(DISTINCT v) FILTER (WHERE v > 1) AS d, glue(s, '-' ORDER BY id DESC) AS l, addall(v, id, 1) AS a, addall(VARIADIC ARRAY[v, 2]) AS b FROM t GROUP BY g
-- stream global
SELECT product(v) AS p, count(*) AS n FROM t
-- stream above
SELECT g, pretty(sum(v)) AS s, pretty(product(v)) AS p, count(*) AS n FROM t GROUP BY g HAVING pretty(count(*)) <> '<1>'
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
