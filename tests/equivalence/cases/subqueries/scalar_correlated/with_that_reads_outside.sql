-- A subquery with a WITH query that names columns of the query around the subquery, and an aggregate that would do without.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE TABLE u (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2), (3, NULL);
INSERT INTO u VALUES (1, 10), (2, 20), (3, 20);
-- stream counted
SELECT t.id, (WITH w AS (SELECT v FROM u WHERE u.id <= t.a) SELECT count(*) FROM w) AS n FROM t
-- stream ordered
SELECT t.id FROM t WHERE (WITH w AS (SELECT (SELECT max(u.v) FROM u WHERE u.id = t.a AND x.v = u.v) AS m FROM u x) SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY w.m) FROM w) > 5
-- stream nested
SELECT t.id, EXISTS (WITH w AS (SELECT v FROM u WHERE u.id = t.a) SELECT sum(w.v) FROM w GROUP BY w.v HAVING sum(w.v) > (SELECT count(*) FROM w)) AS e FROM t
-- changes
INSERT INTO u VALUES (4, 5);
UPDATE t SET a = 4 WHERE id = 3;
-- refresh
DELETE FROM u WHERE id = 2;
UPDATE u SET v = v + 1;
-- refresh
