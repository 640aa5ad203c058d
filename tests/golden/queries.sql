-- Queries for deparse.py: every construct of SELECT, a paragraph each. `-- since N`: only from that version of the server on;
-- `-- refused: why`: the parse tree does not hold it.

-- ---- FROM

SELECT * FROM t

SELECT x.* FROM t x

SELECT x.a AS "A b", x.id AS a FROM t AS x (id, a)

SELECT id, c FROM ONLY t

SELECT p.id FROM t p, u q, u WHERE p.id = q.id AND q.id = u.id

SELECT t.id, u.b FROM t JOIN u ON t.id = u.t_id AND u.b > 1

SELECT t.id, u.b FROM t LEFT JOIN u ON t.id = u.t_id

SELECT t.id, u.b FROM t RIGHT JOIN u ON t.id = u.t_id

SELECT t.id, u.b FROM t FULL JOIN u ON t.id = u.t_id WHERE t.id IS NULL OR u.id IS NULL

SELECT t.id, u.b FROM t CROSS JOIN u

SELECT id, t.c, u.c AS d, b FROM t JOIN u USING (id)

SELECT id, t.c, u.c AS d, u.id AS i FROM t LEFT JOIN u USING (id)

SELECT id, t.id AS l, u.id AS r FROM t FULL JOIN u USING (id)

SELECT * FROM t RIGHT JOIN u USING (id, c)

SELECT * FROM t NATURAL JOIN u

SELECT * FROM t NATURAL LEFT JOIN v

SELECT k.id, t.id AS i FROM t JOIN u USING (id) AS k

SELECT k.id, k.c FROM t FULL JOIN u USING (id, c) AS k

SELECT j.x, j.y FROM (t JOIN u ON t.id = u.t_id) AS j (x, y)

SELECT j.id, j.a FROM (t LEFT JOIN v ON t.id = v.v) AS j

SELECT a.id FROM t a JOIN (u b JOIN u c ON b.id = c.t_id) ON a.id = b.t_id

SELECT a.id FROM t a LEFT JOIN (u b FULL JOIN v c ON b.id = c.v) ON a.id = b.t_id LEFT JOIN u d ON d.id = c.v

SELECT a.id FROM t a JOIN u b USING (id) LEFT JOIN u c USING (id) FULL JOIN t d USING (id)

SELECT x.id, y.id AS y FROM t x LEFT JOIN t y ON true

SELECT s.n FROM (SELECT count(*) AS n FROM t) s

SELECT s.q, s.id FROM (SELECT id, a FROM t) s (q, id)

SELECT s.x FROM (SELECT 1 AS x UNION ALL SELECT 2) s

SELECT t.id, s.n FROM t, LATERAL (SELECT count(*) AS n FROM u WHERE u.t_id = t.id) s

SELECT t.id, s.b FROM t LEFT JOIN LATERAL (SELECT u.b FROM u WHERE u.t_id = t.id ORDER BY u.b DESC LIMIT 1) s ON true

SELECT t.id, s.b FROM t CROSS JOIN LATERAL (SELECT u.b, t.a AS z FROM u LEFT JOIN v ON v.v = t.id) s (b, z)

SELECT * FROM (VALUES (1, 'a'), (2, NULL), (3, 'it''s')) v (id, name)

SELECT t.id, x.k FROM t JOIN (VALUES (1, 2.5), (2, 3)) x (id, k) USING (id)

SELECT t.id, w.k FROM t, LATERAL (VALUES (t.id), (t.a + 1)) w (k)

-- since 16
SELECT id FROM (SELECT id FROM t)

SELECT "Q ""t"."B ""b" AS "x.y", "Q ""t"."select" FROM app."Q ""t" WHERE "Q ""t"."select" = 'from'

SELECT "Ünï", "order" FROM "Odd Table" "from" ORDER BY "from"."order"

-- ---- functions in FROM

SELECT * FROM generate_series(1, 5)

SELECT g, g.g AS h FROM generate_series(1, 5) g

SELECT s.i FROM generate_series(1, 10, 2) AS s (i) WHERE s.i > 3

SELECT * FROM generate_series(1, 3) WITH ORDINALITY

SELECT x.v, x.n FROM unnest(ARRAY['a', 'b']) WITH ORDINALITY AS x (v, n)

SELECT t.id, e.e FROM t, unnest(t.l) e

SELECT t.id, e.e, e.n FROM t LEFT JOIN LATERAL unnest(t.l) WITH ORDINALITY e (e, n) ON true

SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b', 'c']) AS x (i, s)

SELECT t.id, x.* FROM t, unnest(t.l, t.l) WITH ORDINALITY AS x (i, s, n)

SELECT * FROM ROWS FROM (generate_series(1, 3), generate_series(5, 9)) AS x (p, q)

SELECT * FROM ROWS FROM (generate_series(1, 3), jsonb_to_recordset('[{"a": 1, "b": "x"}]') AS (a int, b text)) WITH ORDINALITY AS x (p, q, r, n)

SELECT x.a, x.b FROM jsonb_to_recordset('[{"a": 1, "b": "x"}]'::jsonb) AS x (a integer, b text)

SELECT x.a, x.b FROM jsonb_to_record('{"a": 1, "b": ["x"]}'::jsonb) AS x (a numeric(10, 2), b varchar(9)[], c text COLLATE "C", d timestamp(3) with time zone, e bit varying(7), f app.mood)

SELECT a FROM json_to_record('{"a": 1}') AS (a int)

SELECT t.id, r.q FROM t, LATERAL jsonb_to_record(t.doc) AS r (q text)

SELECT t.id, p.x FROM t, app.pairs(t.id, n => 2) p

SELECT * FROM app.pairs(1)

SELECT (app.pairs(1)).y

SELECT k, v FROM t, jsonb_each(t.doc) AS j (k, v)

SELECT t.id, r.m FROM t, regexp_matches(t.c, '(a)(b)?', 'g') AS r (m)

SELECT * FROM current_date

SELECT * FROM coalesce(3, 4) AS c

SELECT * FROM CAST('2020-01-01' AS date) AS d

SELECT * FROM abs(-3) AS a JOIN upper('x') AS b ON true

SELECT * FROM json_array_elements('[1, 2]'::json) AS x (e)

SELECT * FROM app.many(1, 2, 3) m, app.many(VARIADIC ARRAY[4, 5]) n

-- ---- set operations

SELECT id FROM t UNION SELECT id FROM u

SELECT id FROM t UNION ALL SELECT id FROM u

SELECT id FROM t INTERSECT SELECT id FROM u

SELECT id FROM t INTERSECT ALL SELECT id FROM u

SELECT id FROM t EXCEPT SELECT id FROM u

SELECT id FROM t EXCEPT ALL SELECT id FROM u

SELECT id FROM t UNION ALL SELECT id FROM u UNION ALL SELECT v FROM v

SELECT id FROM t UNION ALL (SELECT id FROM u UNION ALL SELECT v FROM v)

SELECT id FROM t UNION SELECT id FROM u UNION ALL SELECT v FROM v

SELECT id FROM t UNION ALL SELECT id FROM u UNION SELECT v FROM v

SELECT id FROM t UNION SELECT id FROM u INTERSECT SELECT v FROM v

(SELECT id FROM t UNION SELECT id FROM u) INTERSECT SELECT v FROM v

SELECT id FROM t EXCEPT (SELECT id FROM u EXCEPT SELECT v FROM v)

SELECT id FROM t EXCEPT SELECT id FROM u EXCEPT SELECT v FROM v

(SELECT id FROM t ORDER BY a LIMIT 2) UNION ALL (SELECT id FROM u ORDER BY b DESC NULLS LAST OFFSET 1) ORDER BY 1 DESC LIMIT 3

SELECT id, a FROM t UNION SELECT id, b FROM u ORDER BY id, a DESC

SELECT 1 AS x UNION VALUES (2), (3)

VALUES (1, 'a') UNION ALL VALUES (2, 'b') UNION ALL SELECT 3, NULL

SELECT NULL AS n UNION ALL SELECT 'x' UNION ALL SELECT c FROM t

SELECT 1 AS n UNION ALL SELECT 2.5 UNION ALL SELECT id FROM t

(WITH q AS (SELECT 1 AS x) SELECT x FROM q) UNION ALL (WITH q AS (SELECT 2 AS x) SELECT x FROM q)

SELECT count(*) AS n FROM t GROUP BY a HAVING count(*) > 1 EXCEPT SELECT DISTINCT b FROM u

-- ---- VALUES, ORDER BY, LIMIT

VALUES (1, 'a', NULL), (2, 'b', 3.5)

VALUES (1), (2), (3) ORDER BY 1 DESC OFFSET 1 LIMIT 1

VALUES (1 + 2, (SELECT max(id) FROM t))

SELECT id FROM t ORDER BY id

SELECT id, a FROM t ORDER BY a DESC, id

SELECT id FROM t ORDER BY a ASC NULLS FIRST, c DESC NULLS LAST, id USING >

SELECT id FROM t ORDER BY c USING ~<~

SELECT id FROM t ORDER BY a USING OPERATOR(app.<<<)

SELECT id, a + 1 AS b FROM t ORDER BY a + 1, lower(c), c COLLATE "C" DESC

SELECT -a AS a FROM t ORDER BY a

SELECT a AS c, c AS a FROM t ORDER BY a, t.a

SELECT id FROM t LIMIT 5

SELECT id FROM t ORDER BY id LIMIT 5 OFFSET 2

SELECT id FROM t ORDER BY id OFFSET 2 ROWS FETCH NEXT 3 ROWS ONLY

SELECT id FROM t ORDER BY a FETCH FIRST 3 ROWS WITH TIES

SELECT id FROM t ORDER BY a FETCH FIRST (1 + 2) ROWS WITH TIES

SELECT id FROM t LIMIT ALL

SELECT id FROM t LIMIT (SELECT count(*) / 2 FROM u) OFFSET abs(-1)

SELECT DISTINCT ON (1) id, a FROM t ORDER BY 1

SELECT g FROM (SELECT generate_series(1, 3) AS g ORDER BY 1 LIMIT 2) s

SELECT a FROM t ORDER BY generate_series(1, 2)

-- ---- DISTINCT

SELECT DISTINCT a FROM t

SELECT DISTINCT a, c FROM t ORDER BY c, a

SELECT DISTINCT ON (a) a, id, c FROM t ORDER BY a, id DESC

SELECT DISTINCT ON (a % 2, c) id FROM t ORDER BY a % 2, c, id

SELECT DISTINCT ON (a, c) a, c, id FROM t

SELECT DISTINCT count(*) OVER (PARTITION BY a) AS n FROM t

-- ---- aggregates

SELECT count(*) AS n, count(a) AS na, count(DISTINCT a) AS da, sum(a) AS s, avg(DISTINCT a) AS v, min(c) AS lo, max(c) AS hi FROM t

SELECT a, count(*) FILTER (WHERE id > 1) AS n, sum(id) FILTER (WHERE c LIKE 'a%') AS s FROM t GROUP BY a

SELECT string_agg(c, ', ' ORDER BY id DESC NULLS LAST, c) AS s, array_agg(DISTINCT a ORDER BY a DESC) AS l FROM t

SELECT string_agg(DISTINCT c, c ORDER BY c DESC) AS s FROM t

SELECT array_agg(c ORDER BY c USING ~>~) AS s FROM t

SELECT json_agg(t.* ORDER BY id) AS j, jsonb_object_agg(id, c) AS o, json_agg(t) AS k FROM t

SELECT bool_and(a > 1) AS x, every(a > 1) AS y, bit_or(a) AS z, bool_or(a IS NULL) FILTER (WHERE true) AS w FROM t

SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) AS med, percentile_disc(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY a DESC) AS d, mode() WITHIN GROUP (ORDER BY c) FILTER (WHERE a > 0) AS m FROM t

SELECT rank(3) WITHIN GROUP (ORDER BY a) AS r, dense_rank(3, 'x') WITHIN GROUP (ORDER BY a DESC NULLS LAST, c) AS d, percent_rank(1) WITHIN GROUP (ORDER BY a) AS p, cume_dist(1) WITHIN GROUP (ORDER BY a) AS q FROM t

SELECT app.total(a) AS x, app.total(DISTINCT a) AS y, app.total(a ORDER BY id) AS z, app.total(a) FILTER (WHERE a > 1) AS w FROM t

SELECT app.total_any(VARIADIC l) AS x, app.total_any(1, 2) AS y FROM t

SELECT corr(a, id) AS c, regr_slope(a, id) AS s, stddev(a) AS d, var_pop(a) AS v, covar_samp(a, id) AS w FROM t

SELECT range_agg(int4range(id, id + 1)) AS r, xmlagg(NULL::xml) AS x FROM t

SELECT a + 1 AS a, sum(id) * 2 + count(*) AS s FROM t GROUP BY a + 1 HAVING sum(id) > 1 AND min(c) IS NOT NULL ORDER BY sum(id) DESC

SELECT id, a, c, count(*) AS n FROM t GROUP BY id

SELECT 1 AS one FROM t HAVING count(*) > 1

SELECT 'x' AS k, count(*) AS n FROM t GROUP BY ()

SELECT a, (SELECT sum(t.id) FROM u) AS s FROM t GROUP BY a

SELECT a, (SELECT count(*) FROM u WHERE u.b = sum(t.id)) AS s FROM t GROUP BY a

SELECT u.b, (SELECT string_agg(t.c, ',' ORDER BY t.id) FROM t WHERE t.id = u.t_id) AS s FROM u

SELECT 3::bigint AS k, a FROM t GROUP BY 1, 2

SELECT a FROM t GROUP BY a, ROW(a, c), c

-- ---- GROUPING SETS

SELECT a, c, count(*) AS n FROM t GROUP BY ROLLUP (a, c)

SELECT a, c, count(*) AS n FROM t GROUP BY CUBE (a, c)

SELECT a, c, count(*) AS n FROM t GROUP BY GROUPING SETS ((a), (a, c), ())

SELECT a, c, id, count(*) AS n FROM t GROUP BY GROUPING SETS (ROLLUP (a, c), CUBE (id, a), GROUPING SETS ((a), c)), id

SELECT a, c, id, count(*) AS n FROM t GROUP BY ROLLUP ((a, c), id)

SELECT a, c, id, count(*) AS n FROM t GROUP BY id, CUBE ((a, c), (id, a), c)

SELECT a, c, GROUPING(a) AS g, GROUPING(a, c) AS h FROM t GROUP BY ROLLUP (a, c) HAVING GROUPING(c) = 0 ORDER BY GROUPING(a), a

SELECT a, c, count(*) AS n FROM t GROUP BY DISTINCT ROLLUP (a, c), ROLLUP (a, id)

SELECT ROW(a, c)::text AS r, count(*) AS n FROM t GROUP BY ROLLUP (ROW(a, c), id)

SELECT a % 2 AS p, lower(c) AS q, max(id) AS m FROM t GROUP BY GROUPING SETS ((a % 2, lower(c)), a % 2)

-- ---- windows

SELECT id, row_number() OVER (ORDER BY id) AS n FROM t

SELECT id, row_number() OVER () AS n FROM t

SELECT id, rank() OVER (PARTITION BY a ORDER BY c DESC NULLS LAST, id) AS r, count(*) OVER (PARTITION BY a) AS n, sum(id) FILTER (WHERE id > 1) OVER (PARTITION BY a, c) AS s FROM t

SELECT id, lag(a) OVER w AS p, lead(a, 2, 0) OVER w AS q, first_value(a) OVER (w ROWS 2 PRECEDING) AS f FROM t WINDOW w AS (PARTITION BY c ORDER BY id)

SELECT id, sum(a) OVER (w2 RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM t WINDOW w AS (PARTITION BY c), w2 AS (w ORDER BY id)

SELECT id, sum(a) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS s FROM t

SELECT id, sum(a) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS s FROM t

SELECT id, sum(a) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS s FROM t

SELECT id, sum(a) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 + 2 FOLLOWING EXCLUDE GROUP) AS s FROM t

SELECT id, sum(a) OVER (ORDER BY id GROUPS BETWEEN 3 PRECEDING AND 1 PRECEDING EXCLUDE TIES) AS s FROM t

SELECT id, sum(a) OVER (ORDER BY id RANGE BETWEEN 2 FOLLOWING AND 5 FOLLOWING EXCLUDE NO OTHERS) AS s FROM t

SELECT id, sum(a) OVER (ORDER BY d RANGE BETWEEN '1 day'::interval PRECEDING AND '2 days' FOLLOWING) AS s FROM t

SELECT id, sum(a) OVER (ORDER BY id RANGE CURRENT ROW) AS s FROM t

SELECT id, sum(a) OVER (ORDER BY id GROUPS UNBOUNDED PRECEDING EXCLUDE TIES) AS s FROM t

SELECT id, ntile(4) OVER (ORDER BY c USING ~<~) AS n, nth_value(c, 2) OVER (ORDER BY id) AS v, cume_dist() OVER (ORDER BY id) AS d, percent_rank() OVER (ORDER BY id) AS p, last_value(c) OVER (ORDER BY id) AS l, dense_rank() OVER (ORDER BY a) AS e FROM t

SELECT a, sum(count(*)) OVER (ORDER BY a) AS s, rank() OVER (ORDER BY sum(id)) AS r FROM t GROUP BY a

SELECT id FROM t ORDER BY row_number() OVER (ORDER BY c)

SELECT id, app.total(a) OVER (PARTITION BY c) AS s, string_agg(c, ',') OVER (ORDER BY id) AS g FROM t

SELECT a, count(*) AS n FROM t GROUP BY a WINDOW w AS (ORDER BY a)

SELECT id, count(*) OVER "W w" AS n FROM t WINDOW "W w" AS (ORDER BY "t".id)

SELECT x.id FROM (SELECT id, row_number() OVER (PARTITION BY a ORDER BY id DESC) AS n FROM t) x WHERE x.n = 1

-- ---- subqueries in expressions

SELECT id, (SELECT max(b) FROM u) AS m FROM t

SELECT id, (SELECT u.b FROM u WHERE u.t_id = t.id LIMIT 1) AS b FROM t

SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.t_id = t.id)

SELECT id FROM t WHERE NOT EXISTS (SELECT FROM u WHERE u.t_id = t.id AND EXISTS (SELECT * FROM v WHERE v.v = t.a + u.b))

SELECT id FROM t WHERE id IN (SELECT t_id FROM u)

SELECT id FROM t WHERE id NOT IN (SELECT t_id FROM u WHERE t_id IS NOT NULL)

SELECT id FROM t WHERE (id, a) IN (SELECT t_id, b FROM u)

SELECT id FROM t WHERE (id, a) NOT IN (SELECT t_id, b FROM u)

SELECT id FROM t WHERE a = ANY (SELECT b FROM u)

SELECT id FROM t WHERE a = SOME (VALUES (1), (2))

SELECT id FROM t WHERE a < ANY (SELECT b FROM u)

SELECT id FROM t WHERE a >= ALL (SELECT b FROM u WHERE b IS NOT NULL)

SELECT id FROM t WHERE c LIKE ANY (SELECT 'a%')

SELECT id FROM t WHERE (a, id) <> ALL (SELECT b, t_id FROM u)

SELECT id FROM t WHERE (a, id) < (SELECT b, t_id FROM u LIMIT 1)

SELECT id FROM t WHERE (a, id) = (SELECT b, t_id FROM u LIMIT 1)

SELECT id FROM t WHERE ROW(a, id) < ANY (SELECT b, t_id FROM u)

SELECT id FROM t WHERE a = ANY ((SELECT array_agg(b) FROM u)::int[])

SELECT id FROM t WHERE a OPERATOR(app.<<<) ANY (SELECT b FROM u)

SELECT id FROM t WHERE a OPERATOR(app.=) ANY (SELECT b FROM u)

SELECT id FROM t WHERE a OPERATOR(app.=) ANY (l)

SELECT id, ARRAY(SELECT b FROM u WHERE u.t_id = t.id ORDER BY b) AS l FROM t

SELECT (SELECT u FROM u LIMIT 1) AS r, ((SELECT u FROM u LIMIT 1)).b AS b FROM t

SELECT (ARRAY(SELECT id FROM t ORDER BY id))[1:2] AS l, (SELECT l FROM t LIMIT 1)[1] AS f

SELECT id, a IN (SELECT b FROM u) AS i, (a IN (SELECT b FROM u)) IS NULL AS n FROM t

SELECT CASE WHEN EXISTS (SELECT 1 FROM u) THEN (SELECT count(*) FROM u) ELSE 0 END AS n FROM t

SELECT id FROM t WHERE a > (SELECT avg(a) FROM t x WHERE x.c = t.c) ORDER BY (SELECT count(*) FROM u WHERE u.t_id = t.id)

SELECT id FROM t GROUP BY id HAVING count(*) > ALL (SELECT b FROM u)

SELECT (SELECT (SELECT t.id + u.id + v.v FROM v LIMIT 1) FROM u LIMIT 1) AS x FROM t

SELECT (SELECT id FROM t UNION SELECT id FROM u ORDER BY 1 LIMIT 1) AS x

SELECT (VALUES (1)) AS x

SELECT (WITH q AS (SELECT max(id) AS m FROM t) SELECT m FROM q) AS x

SELECT id FROM t WHERE (id IN (SELECT id FROM u)) = (a IN (SELECT b FROM u))

-- ---- WITH

WITH q AS (SELECT id FROM t) SELECT * FROM q

WITH q (x, y) AS (SELECT id, a FROM t), r AS (SELECT x FROM q WHERE y > 1) SELECT r.x, q.y FROM r JOIN q USING (x)

WITH q AS MATERIALIZED (SELECT id FROM t), r AS NOT MATERIALIZED (SELECT id FROM u) SELECT q.id FROM q, r

WITH q AS (WITH p AS (SELECT 1 AS x) SELECT x FROM p) SELECT x FROM q

WITH t AS (SELECT 1 AS id) SELECT id FROM t UNION ALL SELECT id FROM app.t

WITH "Q ""q" AS (SELECT id FROM t) SELECT z.id, "Q ""q".id AS i FROM "Q ""q" z, "Q ""q"

WITH q AS (SELECT id, a FROM t UNION ALL SELECT id, b FROM u ORDER BY 1 LIMIT 3) SELECT a, count(*) AS n FROM q GROUP BY a

WITH RECURSIVE r (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r WHERE n < 10) SELECT sum(n) AS s FROM r

WITH RECURSIVE r AS (SELECT id, t_id, 1 AS depth FROM u WHERE t_id IS NULL UNION SELECT u.id, u.t_id, r.depth + 1 FROM u JOIN r ON u.t_id = r.id) SELECT * FROM r

WITH RECURSIVE a AS (SELECT 1 AS x), r AS (SELECT x FROM a UNION ALL SELECT x + 1 FROM r WHERE x < 3) SELECT * FROM r

WITH RECURSIVE r AS (SELECT id, t_id FROM u UNION ALL SELECT u.id, u.t_id FROM u, r WHERE u.t_id = r.id) SEARCH DEPTH FIRST BY id, t_id SET o SELECT id, t_id FROM r ORDER BY o

WITH RECURSIVE r AS (SELECT id, t_id FROM u UNION ALL SELECT u.id, u.t_id FROM u, r WHERE u.t_id = r.id) SEARCH BREADTH FIRST BY id SET "O o" SELECT id FROM r ORDER BY "O o"

WITH RECURSIVE r AS (SELECT id, t_id FROM u UNION ALL SELECT u.id, u.t_id FROM u, r WHERE u.t_id = r.id) CYCLE id SET is_cycle USING path SELECT id, is_cycle, path::text AS path FROM r

WITH RECURSIVE r AS (SELECT id, t_id FROM u UNION ALL SELECT u.id, u.t_id FROM u, r WHERE u.t_id = r.id) CYCLE id, t_id SET mark TO 1 DEFAULT 0 USING path SELECT id, mark FROM r

WITH RECURSIVE r AS (SELECT id, t_id FROM u UNION ALL SELECT u.id, u.t_id FROM u, r WHERE u.t_id = r.id) SEARCH BREADTH FIRST BY id SET o CYCLE id SET is_cycle USING path SELECT id, is_cycle, path::text AS path FROM r

SELECT s.x FROM t, LATERAL (WITH RECURSIVE r AS (SELECT t.id AS x UNION ALL SELECT x + 1 FROM r WHERE x < 3) SELECT x FROM r) s

-- ---- the select list and whole rows

SELECT

SELECT FROM t

SELECT 1

SELECT 1 + 1, 'x' AS x, NULL AS y, true AS z, -5 AS m

SELECT t FROM t

SELECT t.*, row_to_json(t) AS j, t IS NULL AS n, (t).id AS i FROM t

SELECT count(t.*) AS n, count(DISTINCT x.*) AS m, max(ROW(x.*)::text) AS r FROM t, v x

SELECT ROW(t.*, 1)::text AS r, ARRAY[x, x.*] AS l FROM t, v x

SELECT x.id FROM t x, t y WHERE x = y AND x.* IS DISTINCT FROM y.*

SELECT s::text AS whole, s.m FROM (SELECT max(id) AS m FROM t) s

SELECT q AS whole FROM generate_series(1, 2) q

SELECT j::text AS whole FROM (t JOIN v ON t.id = v.v) j

SELECT COALESCE(x, ROW(0)::app.v) AS r FROM t LEFT JOIN app.v x ON x.v = t.id

SELECT generate_series(1, 3) AS g, unnest(l) AS e, id FROM t

SELECT current_date AS a, current_time AS b, current_time(2) AS c, current_timestamp AS d, current_timestamp(0) AS e, localtime AS f, localtime(1) AS g, localtimestamp AS h, localtimestamp(3) AS i

SELECT current_user AS a, current_role AS b, session_user AS c, current_catalog AS d, current_schema AS e, user AS f

SELECT CURRENT_USER = c AS x FROM t WHERE d < CURRENT_DATE AND d > localtimestamp - interval '1 day'

SELECT app.twice(step => 3, n => 1) AS x, (app.pairs(2)).x AS p, app.many(VARIADIC l) AS y FROM t

SELECT a OPERATOR(app.<<<) 3 AS x, a OPERATOR(app.=) 3 AS y, OPERATOR(pg_catalog.-) a AS z FROM t

SELECT (ARRAY[[1, 2], [3, 4]])[2][1] AS x, (ARRAY[[1, 2], [3, 4]])[1:2][2:] AS y, ((ARRAY[[1, 2], [3, 4]])[1:2])[2][1] AS z FROM t

SELECT (doc -> 'a')::int AS x, doc['k']['z'] AS y, (doc['k'])[0] AS z FROM t

SELECT pg_typeof(id) AS x, 'app.t'::regclass AS y, '1'::app.positive AS z, 'ok'::app.mood AS w FROM t

SELECT EXTRACT(year FROM d) AS y, d AT TIME ZONE 'UTC' AS z, OVERLAY(c PLACING 'x' FROM 1) AS o, SUBSTRING(c FROM 2 FOR 3) AS s, TRIM(BOTH FROM c) AS t, POSITION('a' IN c) AS p, NORMALIZE(c, NFD) AS n, COLLATION FOR (c) AS l, (d, d) OVERLAPS (d, d) AS v FROM t WHERE c IS NFC NORMALIZED

SELECT count(*) FILTER (WHERE EXTRACT(dow FROM d) = 1) AS n, rank() OVER (ORDER BY EXTRACT(hour FROM d)) AS r FROM t GROUP BY EXTRACT(hour FROM d)

SELECT interval '1 day' * a AS x, make_interval(days => a) AS y, xmlexists('//a' PASSING (NULL::xml)) AS z FROM t

-- since 16
SELECT any_value(a) AS x, random_normal(1, 2) IS NULL AS y FROM t

-- ---- words that libpg_query is too old to know

-- since 16
SELECT SYSTEM_USER AS u, SYSTEM_USER = c AS v FROM t

-- since 16
SELECT "system_user", SYSTEM_USER AS u, x."system_user" AS w FROM (SELECT 1 AS "system_user") x

SELECT x."system_user", "system_user" AS y FROM (SELECT 1 AS "system_user") x

-- since 17
-- refused: function json_scalar()
SELECT JSON_SCALAR(a) AS x FROM t

-- since 17
-- refused: function json()
SELECT JSON(c) AS x FROM t

-- since 17
-- refused: function json_exists()
SELECT id FROM t WHERE JSON_EXISTS(doc, '$.a')

-- since 17
-- refused: syntax error at or near "RETURNING"
SELECT JSON_SERIALIZE(c::json) AS x FROM t

-- since 16
-- refused: syntax error at or near ":"
SELECT JSON_OBJECT('a': a) AS x FROM t

SELECT json_object(ARRAY['a', c]) AS x FROM t

-- ---- what the tree does not hold

-- refused: FOR UPDATE
SELECT id FROM t FOR UPDATE

-- refused: FOR UPDATE
SELECT id FROM (SELECT id FROM t FOR SHARE) s

-- refused: TABLESAMPLE
SELECT id FROM t TABLESAMPLE system (10)

-- refused: XMLTABLE or JSON_TABLE
SELECT x.* FROM XMLTABLE('/a' PASSING ('<a/>'::xml) COLUMNS b text) x

-- refused: XML expression
SELECT xmlelement(name a, c) AS x FROM t

-- refused: XML expression
SELECT id FROM t ORDER BY xmlconcat(NULL::xml)::text

-- refused: XML expression
SELECT '<a/>'::xml IS DOCUMENT AS x
