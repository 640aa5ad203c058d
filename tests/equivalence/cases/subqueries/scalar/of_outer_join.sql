-- An outer join as a value: none, one and two rows, the last an error of the refresh as it is of the query.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int);
CREATE TABLE u (id int PRIMARY KEY, v int);
CREATE TABLE w (u int);
INSERT INTO t VALUES (1, 1), (2, 1), (3, 2);
-- query
SELECT t.id, (SELECT u.v FROM u LEFT JOIN w ON w.u = u.id) AS v FROM t
-- stream counted
SELECT count(*) AS n, (SELECT u.v FROM u LEFT JOIN w ON w.u = u.id) AS v FROM t
-- stream kept
SELECT t.g, count(*) AS n FROM t GROUP BY t.g HAVING count(*) > coalesce((SELECT u.v FROM u LEFT JOIN w ON w.u = u.id), 0)
-- stream kept_all
SELECT count(*) AS n FROM t HAVING (SELECT u.v FROM u LEFT JOIN w ON w.u = u.id) IS NULL
-- changes
INSERT INTO t VALUES (4, 2), (5, 2);
-- refresh
INSERT INTO u VALUES (1, 2);
-- refresh
INSERT INTO w VALUES (1);
INSERT INTO t VALUES (6, 3);
-- refresh
INSERT INTO w VALUES (1);
-- refresh => error 21000
DELETE FROM w;
-- refresh => any
INSERT INTO u VALUES (2, 2);
-- refresh => error 21000
DELETE FROM u WHERE id = 1;
-- refresh => any
UPDATE u SET v = 1;
-- refresh
DELETE FROM u;
-- refresh
