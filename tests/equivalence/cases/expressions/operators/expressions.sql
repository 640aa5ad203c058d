-- CASE, COALESCE, NULLIF, casts, arithmetic, string functions, arrays.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, s text, tags text[]);
INSERT INTO t VALUES (1, 1, 'alpha', '{x,y}'), (2, NULL, 'Beta', NULL), (3, 30, NULL, '{}');
-- query
SELECT id,
       CASE WHEN a > 10 THEN 'big' WHEN a IS NULL THEN 'none' ELSE 'small' END AS size,
       CASE a WHEN 1 THEN 'one' ELSE 'other' END AS simple,
       COALESCE(a, -1) * 2 + 1 AS twice,
       NULLIF(s, 'alpha') AS nn,
       GREATEST(a, 5) AS g, LEAST(a, 5) AS l,
       a::text || ':' || coalesce(s, '?') AS label,
       s::varchar(3) AS cut,
       upper(substring(s FROM 2 FOR 3)) AS part,
       tags[1] AS first_tag, tags || 'z'::text AS more, cardinality(tags) AS n,
       ARRAY[a, id] AS pair, ROW(a, s)::text AS r,
       a IS NOT NULL AND a % 2 = 0 AS even
FROM t
-- changes
UPDATE t SET a = a + 10;
-- refresh
UPDATE t SET s = 'alpha', tags = ARRAY['q', NULL, 'r'] WHERE id > 1;
INSERT INTO t VALUES (4, -4, '', '{NULL}');
-- refresh
DELETE FROM t WHERE id = 1;
-- refresh
