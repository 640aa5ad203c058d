-- A subquery that sorts and takes one row has none of an empty table: it is NULL then, also above an aggregate and in HAVING.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int);
CREATE TABLE u (v int);
INSERT INTO t VALUES (1, 1), (2, 1), (3, 2);
-- query
SELECT t.id, (SELECT u.v FROM u ORDER BY u.v LIMIT 1) AS v FROM t
-- stream counted
SELECT count(*) AS n, (SELECT u.v FROM u ORDER BY u.v LIMIT 1) AS v FROM t
-- stream grouped
SELECT t.g, count(*) AS n, (SELECT u.v FROM u ORDER BY u.v DESC LIMIT 1) AS v FROM t GROUP BY t.g
-- stream kept
SELECT t.g, count(*) AS n FROM t GROUP BY t.g HAVING count(*) > coalesce((SELECT u.v FROM u ORDER BY u.v LIMIT 1), 0)
-- stream kept_all
SELECT count(*) AS n FROM t HAVING (SELECT u.v FROM u ORDER BY u.v LIMIT 1) IS DISTINCT FROM 3
-- changes
INSERT INTO t VALUES (4, 2), (5, 2);
-- refresh
INSERT INTO u VALUES (2);
-- refresh
INSERT INTO u VALUES (1), (3);
INSERT INTO t VALUES (6, 3);
-- refresh
DELETE FROM u WHERE v < 3;
-- refresh
DELETE FROM u;
-- refresh
INSERT INTO t VALUES (7, 3);
-- refresh
