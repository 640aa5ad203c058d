-- A row of two columns compared with a subquery.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
CREATE TABLE c (a int, b int);
INSERT INTO t VALUES (1, 1, 1), (2, 1, 2), (3, NULL, 1);
INSERT INTO c VALUES (1, 1);
-- query
SELECT id FROM t WHERE (a, b) = (SELECT a, b FROM c)
-- changes
UPDATE c SET b = 2;
-- refresh
UPDATE t SET b = 2;
-- refresh
DELETE FROM c;
-- refresh
