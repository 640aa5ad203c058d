-- More than one row is an error of the query, of a refresh, and of neither any more once the row is gone.
-- tables
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE c (v int);
INSERT INTO t VALUES (1), (2);
INSERT INTO c VALUES (5);
-- query
SELECT id, (SELECT v FROM c) AS v FROM t
-- changes
UPDATE c SET v = 6;
-- refresh
INSERT INTO c VALUES (7);
INSERT INTO t VALUES (3);
-- refresh => error 21000
DELETE FROM c WHERE v = 6;
-- refresh => any
UPDATE c SET v = 8;
-- refresh
