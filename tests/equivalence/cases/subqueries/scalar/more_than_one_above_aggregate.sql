-- More than one row beside an aggregate and in HAVING: an error while there are two, whatever they are.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int);
CREATE TABLE u (v int);
INSERT INTO t VALUES (1, 1), (2, 1), (3, 2);
-- query
SELECT count(*) AS n, (SELECT u.v FROM u ORDER BY u.v LIMIT 2) AS v FROM t
-- stream grouped
SELECT t.g, count(*) AS n, (SELECT u.v FROM u) AS v FROM t GROUP BY t.g
-- stream kept
SELECT t.g, count(*) AS n FROM t GROUP BY t.g HAVING count(*) > coalesce((SELECT u.v FROM u ORDER BY u.v LIMIT 2), 0)
-- stream beside
SELECT t.g, (SELECT u.v FROM u ORDER BY u.v OFFSET 0) AS v FROM t
-- changes
INSERT INTO t VALUES (4, 2), (5, 2);
-- refresh
INSERT INTO u VALUES (2);
-- refresh
INSERT INTO u VALUES (2);
-- refresh => error 21000
DELETE FROM u;
INSERT INTO u VALUES (1);
-- refresh => any
DELETE FROM u;
-- refresh
