-- A column over grouping sets keeps its domain, which PostgreSQL's description of a query does not tell; min and max are of the
-- type below it. In the sets that do not group by a key it is NULL, also where its domain has no NULL.
-- tables
CREATE DOMAIN small_int AS int;
CREATE DOMAIN price AS numeric(10,2) CHECK (VALUE >= 0);
CREATE DOMAIN short AS varchar(5) COLLATE "C";
CREATE DOMAIN ints AS int[];
CREATE DOMAIN present AS int NOT NULL;
CREATE TABLE t (b small_int PRIMARY KEY, c int, d price, e short, f ints, n numeric(10,2), v varchar(5));
INSERT INTO t VALUES (1, 1, 1.50, 'a', '{1}', 2, 'x'), (2, 1, 2.50, 'b', '{2}', 2, 'y'), (3, 2, NULL, NULL, NULL, NULL, NULL);
-- query
SELECT c, percentile_disc(0.5) WITHIN GROUP (ORDER BY b DESC) AS p FROM t GROUP BY ROLLUP (c)
-- stream kinds
SELECT c, max(d) AS md, min(e) AS me, max(f) AS mf, mode() WITHIN GROUP (ORDER BY d) AS d, mode() WITHIN GROUP (ORDER BY e) AS e, mode() WITHIN GROUP (ORDER BY f) AS f, mode() WITHIN GROUP (ORDER BY n) AS n, mode() WITHIN GROUP (ORDER BY v) AS v FROM t GROUP BY CUBE (c)
-- stream keys
SELECT coalesce(e, e) AS e, coalesce(f) AS f, v::varchar(3) AS v, b::present AS b, sum(b) AS s, sum(b::small_int + 1) AS s1 FROM t GROUP BY GROUPING SETS ((coalesce(e, e), coalesce(f)), (v::varchar(3), b::present), ())
-- stream arms
SELECT b, e FROM t UNION ALL SELECT coalesce(b), coalesce(e, 'z') FROM t
-- changes
INSERT INTO t VALUES (4, 2, 3, 'c', '{3}', 4, 'z');
-- refresh
UPDATE t SET c = 1, e = 'd' WHERE b = 3;
DELETE FROM t WHERE b = 1;
-- refresh
DELETE FROM t;
-- refresh
