-- A subquery in a subquery, correlated across two levels.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (id int PRIMARY KEY, a int);
CREATE TABLE c (b int, v int);
INSERT INTO a VALUES (1, 1), (2, 2);
INSERT INTO b VALUES (1, 1), (2, 2);
INSERT INTO c VALUES (1, 5), (2, 7);
-- query
SELECT id, (SELECT sum((SELECT sum(c.v) FROM c WHERE c.b = b.id AND c.v > a.v)) FROM b WHERE b.a = a.id) AS s FROM a
-- changes
INSERT INTO c VALUES (1, 1), (2, 100);
-- refresh
UPDATE a SET v = 50;
-- refresh
UPDATE b SET a = 1;
-- refresh
