-- Queries, each for a rule of ivm/: under `-- rule: NAME, what of it`. Values are small, so that rows meet; a smallint of a row
-- that stays is never 0, of one that comes and goes it may be.

-- tables
CREATE TABLE t (k integer PRIMARY KEY, a integer, b text, n smallint, x numeric);
CREATE TABLE u (k integer PRIMARY KEY, a integer, b text);
CREATE TABLE v (k integer PRIMARY KEY, a integer, b text);
CREATE TABLE w (k integer PRIMARY KEY, a integer, b text);
CREATE TABLE p (k integer, a integer, b text, PRIMARY KEY (k, a));
CREATE TABLE bag (a integer, b text, x numeric);
CREATE TABLE docs (a integer, j json);

-- rule: scan, all columns of a key
SELECT k, a, b, n, x FROM t
-- rule: scan, changes of a column that is not read
SELECT k, b FROM t
-- rule: scan, the key is not shown
SELECT a, x FROM t
-- rule: scan, without a key
SELECT a, b, x FROM bag
-- rule: scan, a type without equality
SELECT a, j FROM docs
-- rule: filter
SELECT k, a FROM t WHERE a > 1
-- rule: filter, NULL is not true
SELECT k, b FROM t WHERE NOT (a = 2 OR b = 'A')
-- rule: filter, below netting where it cannot fail, above where it can
SELECT k, n FROM t WHERE a <> 1 AND 6 / n > 2
-- rule: filter, of a bag
SELECT b, x FROM bag WHERE x IS NOT NULL
-- rule: project, expressions
SELECT k, a + k AS sum, upper(b) AS up, 6 / n AS part FROM t
-- rule: project, constants
SELECT 1 AS one, 'x' AS ex FROM bag WHERE a < 3

-- rule: join, looked up by key
SELECT t.k, t.x, u.b FROM t JOIN u ON u.k = t.a
-- rule: join, of any columns
SELECT t.k, u.k AS uk, t.n FROM t JOIN u ON t.a = u.a AND t.b <> u.b
-- rule: join, every pair
SELECT t.k, u.b FROM t, u WHERE t.a > 1
-- rule: join, of three
SELECT t.k, u.b, v.a FROM t JOIN u ON u.k = t.a JOIN v ON v.k = u.a
-- rule: join, of four: telescoped when all have changed
SELECT t.k, u.b, v.b AS vb, w.a FROM t JOIN u ON u.k = t.a JOIN v ON v.a = u.a JOIN w ON w.k = v.k
-- rule: join, with itself
SELECT x.k, y.k AS yk, y.b FROM t x JOIN t y ON x.a = y.a AND x.k < y.k
-- rule: join, with itself three times
SELECT x.a, y.b, z.a AS za FROM bag x JOIN bag y ON x.a = y.a JOIN bag z ON z.b = y.b
-- rule: join, with itself four times
SELECT w1.a FROM u w1, u w2, u w3, u w4 WHERE w1.a = w2.k AND w2.a = w3.k AND w3.a = w4.k
-- rule: join, without keys
SELECT bag.a, bag.x, docs.j FROM bag JOIN docs ON docs.a = bag.a
-- rule: join, a key of two columns
SELECT p.k, p.a, t.b FROM p JOIN t ON t.k = p.a
-- rule: union all, of two tables
SELECT a, b FROM t UNION ALL SELECT a, b FROM u
-- rule: union all, twice the same
SELECT a, b FROM bag UNION ALL SELECT a, b FROM bag WHERE a > 1
-- rule: union all, under a join
SELECT z.a, w.b FROM (SELECT a, b FROM u UNION ALL SELECT k, b FROM v) z JOIN w ON w.k = z.a

-- rule: aggregate, counts and sums
SELECT b, count(*) AS n, sum(a) AS s, count(a) AS c, avg(a) AS m FROM t GROUP BY b
-- rule: aggregate, numeric sums: scale, NaN
SELECT a, sum(x) AS s, avg(x) AS m FROM bag GROUP BY a
-- rule: aggregate, numeric sums of two scales, and of one
SELECT a, sum(CASE WHEN n > 1 THEN x::numeric(6,2) ELSE 0 END) AS s, avg(round(x, 3)) AS m FROM t GROUP BY a
-- rule: aggregate, FILTER and HAVING
SELECT a, b, sum(n) FILTER (WHERE n > 1) AS s FROM t GROUP BY a, b HAVING count(*) > 1 OR a IS NULL
-- rule: aggregate, an argument that can fail
SELECT b, sum(6 / n) AS s FROM t GROUP BY b
-- rule: aggregate, one row
SELECT count(*) AS n, sum(a) AS s, max(k) AS m FROM t
-- rule: aggregate, over a join
SELECT u.b, count(*) AS n, sum(t.a) AS s FROM t JOIN u ON u.k = t.a GROUP BY u.b
-- rule: aggregate, added up before a join
SELECT u.b, count(*) AS n, sum(t.n) AS s, count(t.n) AS c FROM t JOIN u ON u.k = t.a GROUP BY u.b
-- rule: aggregate, over UNION ALL
SELECT a, count(*) AS n, sum(k) AS s FROM (SELECT a, k FROM t UNION ALL SELECT a, k FROM u UNION ALL SELECT a, 7 FROM bag) z GROUP BY a
-- rule: aggregate, ROLLUP
SELECT a, b, count(*) AS n FROM t GROUP BY ROLLUP (a, b)
-- rule: minmax, of a key
SELECT b, max(k) AS hi, min(k) AS lo FROM t GROUP BY b
-- rule: minmax, nullable, with FILTER
SELECT a, max(n) AS hi, min(b) FILTER (WHERE k > 2) AS lo FROM t GROUP BY a
-- rule: minmax, over a join
SELECT t.b, min(u.a) AS lo, count(*) AS n FROM t JOIN u ON u.k = t.a GROUP BY t.b
-- rule: minmax, of a bag
SELECT b, max(a) AS hi FROM bag GROUP BY b
-- rule: reread, DISTINCT and ordered aggregates
SELECT a, count(DISTINCT b) AS n, string_agg(b, ',' ORDER BY b) AS bs FROM t GROUP BY a
-- rule: reread, by several nullable keys
SELECT a, b, stddev(k) AS d FROM t GROUP BY a, b
-- rule: reread, one row
SELECT array_agg(k ORDER BY k) AS ks FROM u
-- rule: reread, over a join
SELECT u.b, array_agg(t.k ORDER BY t.k) AS ks FROM t JOIN u ON u.k = t.a GROUP BY u.b
-- rule: counted, told from counts
SELECT a, bool_and(b = 'A') AS every, bool_or(k > 2) AS some FROM t GROUP BY a

-- rule: setop, DISTINCT
SELECT DISTINCT a, b FROM bag
-- rule: setop, UNION
SELECT a FROM t UNION SELECT k FROM u UNION SELECT a FROM bag
-- rule: setop, INTERSECT
SELECT a, b FROM t INTERSECT SELECT a, b FROM bag
-- rule: setop, EXCEPT
SELECT a FROM t EXCEPT SELECT a FROM bag
-- rule: setop, INTERSECT ALL: repeats
SELECT a FROM t INTERSECT ALL SELECT a FROM bag
-- rule: setop, EXCEPT ALL: repeats
SELECT a, b FROM bag EXCEPT ALL SELECT a, b FROM t
-- rule: setop, EXCEPT ALL under a group: repeats are rows
SELECT z.a, count(*) AS n FROM (SELECT a FROM bag EXCEPT ALL SELECT a FROM t) z GROUP BY z.a

-- rule: part, groups read like a table
SELECT u.k, u.b, z.s FROM u JOIN (SELECT a, sum(k) AS s FROM t GROUP BY a) z ON z.a = u.k WHERE z.s > 1
-- rule: part, read twice
WITH z AS (SELECT a, count(*) AS n FROM bag GROUP BY a) SELECT x.a, y.n FROM z x JOIN z y ON y.n = x.a
-- rule: part, groups of groups
SELECT z.n, count(*) AS many FROM (SELECT a, count(*) AS n FROM t GROUP BY a) z GROUP BY z.n
-- rule: part, a scalar subquery
SELECT t.k, t.a, (SELECT max(u.a) FROM u) AS hi FROM t
-- rule: part, a scalar subquery in WHERE
SELECT t.k, t.a FROM t WHERE t.a >= (SELECT avg(bag.a) FROM bag)

-- rule: slice, left join
SELECT t.k, t.x, u.b FROM t LEFT JOIN u ON u.k = t.a
-- rule: slice, left join of many
SELECT t.k, bag.b, bag.x FROM t LEFT JOIN bag ON bag.a = t.a AND bag.x IS NOT NULL
-- rule: slice, a key of two tables
SELECT t.k, u.k AS uk, v.b FROM t JOIN u ON u.a = t.a LEFT JOIN v ON v.k = u.a AND v.a > t.n
-- rule: slice, left joins in a chain
SELECT t.k, u.b, v.b AS vb FROM t LEFT JOIN (u JOIN w ON w.k = u.k) ON u.a = t.a LEFT JOIN v ON v.k = u.a
-- rule: slice, anti join written as a left join
SELECT t.k FROM t LEFT JOIN u ON u.a = t.a WHERE u.k IS NULL AND t.k > 1
-- rule: slice, left join of tables without keys
SELECT bag.a, bag.b, docs.j FROM bag LEFT JOIN docs ON docs.a = bag.a
-- rule: full join
SELECT t.k, u.k AS uk FROM t FULL JOIN u ON u.a = t.a
-- rule: full join, by names, under a condition
SELECT a, t.k, u.k AS uk FROM t FULL JOIN u USING (a) WHERE t.k IS NULL OR u.k > 1
-- rule: slice, EXISTS
SELECT t.k, t.b FROM t WHERE EXISTS (SELECT FROM u WHERE u.a = t.a AND u.b <> t.b)
-- rule: slice, NOT EXISTS over a join
SELECT t.k FROM t WHERE NOT EXISTS (SELECT FROM u JOIN v ON v.k = u.a WHERE u.k = t.a)
-- rule: slice, rows of two tables that matter only together
SELECT t.k FROM t WHERE NOT EXISTS (SELECT FROM u JOIN v ON v.k = u.a WHERE u.b || v.b = t.b)
-- rule: slice, IN
SELECT bag.a, bag.b FROM bag WHERE bag.a IN (SELECT u.a FROM u WHERE u.k > 2)
-- rule: slice, NOT IN: a NULL decides for all
SELECT t.k FROM t WHERE t.a NOT IN (SELECT u.a FROM u WHERE u.b = 'A')
-- rule: slice, a correlated value
SELECT t.k, (SELECT count(*) FROM bag WHERE bag.a = t.a) AS n, (SELECT max(u.b) FROM u WHERE u.a = t.k) AS hi FROM t
-- rule: slice, a window by partition
SELECT t.k, t.a, rank() OVER (PARTITION BY t.a ORDER BY t.k) AS r, sum(t.k) OVER (PARTITION BY t.a, t.b) AS s FROM t
-- rule: slice, a window over a join
SELECT t.k, u.b, row_number() OVER (PARTITION BY u.b ORDER BY t.k) AS r FROM t JOIN u ON u.k = t.a
-- rule: slice, DISTINCT ON
SELECT DISTINCT ON (a) a, k, b FROM t ORDER BY a, k DESC
-- rule: slice, the best of each group
SELECT z.a, z.k FROM (SELECT a, k, row_number() OVER (PARTITION BY a ORDER BY k DESC) AS r FROM t) z WHERE z.r <= 2
-- rule: slice, LATERAL
SELECT u.k, z.k AS best FROM u CROSS JOIN LATERAL (SELECT t.k FROM t WHERE t.a = u.k ORDER BY t.k DESC LIMIT 2) z
-- rule: slice, groups over a left join
SELECT u.b, count(*) AS n, sum(t.a) AS s FROM u LEFT JOIN t ON t.a = u.k GROUP BY u.b
-- rule: padding, groups over a left join by what is always there
SELECT u.b, count(t.k) AS n, sum(t.a) AS s, avg(t.x) AS m, max(t.b) AS hi FROM u LEFT JOIN t ON t.a = u.k AND t.b <> u.b GROUP BY u.b
-- rule: slice, a left join over groups
SELECT u.k, u.b, z.n FROM u LEFT JOIN (SELECT a, count(*) AS n FROM t GROUP BY a) z ON z.a = u.k
-- rule: whole, LIMIT
SELECT k, a FROM t ORDER BY k LIMIT 3
-- rule: whole, recursion
WITH RECURSIVE r(k, a) AS (SELECT u.k, u.a FROM u WHERE u.k = 1 UNION SELECT u.k, u.a FROM u JOIN r ON u.k = r.a) SELECT k, a FROM r
