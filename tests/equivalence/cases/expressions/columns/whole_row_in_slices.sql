-- Whole rows of what is kept as a part, of a join of parts, and of a query in FROM whose rows carry a key: they have the columns
-- that were written, and are NULL where there is no row.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
CREATE TABLE u (id int PRIMARY KEY, t int, w int);
INSERT INTO t VALUES (1, 10), (2, 20), (4, 40);
INSERT INTO u VALUES (1, 1, 1), (2, 2, 2), (3, NULL, 3);
-- query
SELECT t.id, q IS NULL AS none, q = ROW(1, 2::bigint) AS it FROM t LEFT JOIN (SELECT t, count(*) AS n FROM u GROUP BY t) q ON q.t = t.id
-- stream missing
SELECT t.id, q IS NOT NULL AS there, q IS DISTINCT FROM ROW(2::bigint) AS other FROM t LEFT JOIN (SELECT count(*) AS n FROM u HAVING count(*) < 4) q ON q.n > t.id
-- stream of_nulls
SELECT t.id, q IS NULL AS nothing, q IS DISTINCT FROM NULL AS there FROM t LEFT JOIN (SELECT min(w) AS a, min(w + NULL) AS b FROM u WHERE w > 4) q ON true
-- stream counted
SELECT count(q) AS n FROM t LEFT JOIN (SELECT t, count(*) AS n FROM u GROUP BY t) q ON q.t = t.id
-- stream joined
SELECT j.a, j.b, j.c, j.d FROM ((SELECT t, count(*) AS n FROM u GROUP BY t) q LEFT JOIN t ON t.id = q.t) AS j(a, b, c, d)
-- stream joined_row
SELECT j.c, j = ROW(1, 1::bigint, 1, 10) AS it FROM ((SELECT t, count(*) AS n FROM u GROUP BY t) q LEFT JOIN t ON t.id = q.t) AS j(a, b, c, d)
-- stream plain
SELECT t.id, q = ROW(1, 1) AS it, q IS NULL AS none FROM t LEFT JOIN (SELECT u.t, u.w FROM u LEFT JOIN t x ON x.id = u.w) q ON q.t = t.id
-- stream plain_joined
SELECT j.a, j.b, j.c, j.d FROM ((SELECT u.t, u.w FROM u LEFT JOIN t x ON x.id = u.w) q LEFT JOIN t ON t.id = q.t) AS j(a, b, c, d)
-- stream with_it
WITH q AS (SELECT t, count(*) AS n FROM u GROUP BY t) SELECT t.id, q IS NULL AS none, q = ROW(1, 2::bigint) AS it FROM t LEFT JOIN q ON q.t = t.id
-- stream compared
SELECT t.id, u.id AS u FROM t LEFT JOIN u ON ROW(t.id, t.id, t.id) = u
-- stream tied
SELECT t.id, q.n FROM t LEFT JOIN (SELECT t, count(*) AS n FROM u GROUP BY t) q ON q = ROW(t.id, 1::bigint)
-- stream filtered
SELECT t.id, u.w FROM t LEFT JOIN u ON u.t = t.id WHERE t IS NOT NULL AND u = ROW(t.id, t.id, t.id)
-- stream semi
SELECT t.id FROM t WHERE EXISTS (SELECT FROM (SELECT t, count(*) AS n FROM u GROUP BY t) q WHERE q = ROW(t.id, 1::bigint))
-- stream once
SELECT DISTINCT ON (t.id) t.id, u = ROW(1, 1, 1) AS it FROM t LEFT JOIN u ON u.t = t.id ORDER BY t.id, u DESC
-- stream ranked
SELECT q.t, rank() OVER (PARTITION BY q.n ORDER BY q) AS r FROM (SELECT t, count(*) AS n FROM u GROUP BY t) q
-- stream rows
SELECT count(t) AS n, count(t.v) AS m FROM t
-- stream by_alias
SELECT j.a, j.e FROM (t LEFT JOIN u ON u.t = t.id) AS j(a, b, c, d, e)
-- stream by_alias_and_part
SELECT j.a, j.b, j.c, j.d, u.w FROM ((SELECT t, count(*) AS n FROM u GROUP BY t) q LEFT JOIN t ON t.id = q.t) AS j(a, b, c, d) JOIN u ON u.t = j.a
-- stream outside
SELECT x.id, (SELECT min(t.id) FROM t WHERE x IS NOT NULL AND t.id > x.id) AS m FROM t x
-- stream outside_having
SELECT x.id, (SELECT 1 FROM u HAVING x IS NOT DISTINCT FROM NULL) AS one FROM t x
-- changes
INSERT INTO u VALUES (4, 1, 3);
-- refresh
INSERT INTO u VALUES (5, NULL, 4), (6, 2, NULL), (7, 4, 7);
INSERT INTO t VALUES (3, 3), (5, NULL);
-- refresh
DELETE FROM u WHERE w > 1;
-- refresh
DELETE FROM t WHERE id = 1;
INSERT INTO u VALUES (8, 1, 3), (2, 2, 2);
UPDATE t SET v = NULL;
-- refresh
DELETE FROM u;
-- refresh
INSERT INTO u VALUES (1, 1, 1);
INSERT INTO t VALUES (1, 10);
-- refresh
