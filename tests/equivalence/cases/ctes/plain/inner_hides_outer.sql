-- A WITH inside a subquery hides the one outside, and a table of that name.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
CREATE TABLE u (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1);
INSERT INTO u VALUES (1, 100);
-- query
WITH u AS (SELECT id, v FROM t) SELECT u.id, x.v FROM u JOIN (WITH t AS (SELECT id, v * 2 AS v FROM u) SELECT id, v FROM t) x ON x.id = u.id
-- changes
INSERT INTO t VALUES (2, 2);
UPDATE u SET v = 7;
-- refresh
DELETE FROM t WHERE id = 1;
-- refresh
