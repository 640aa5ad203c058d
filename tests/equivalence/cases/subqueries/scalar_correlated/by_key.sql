-- A look-up by primary key: NULL when there is none.
-- tables
CREATE TABLE o (id int PRIMARY KEY, c int);
CREATE TABLE c (id int PRIMARY KEY, name text);
INSERT INTO o VALUES (1, 1), (2, 2), (3, NULL);
INSERT INTO c VALUES (1, 'one');
-- query
SELECT o.id, (SELECT name FROM c WHERE c.id = o.c) AS name FROM o
-- changes
INSERT INTO c VALUES (2, 'two');
UPDATE c SET name = NULL WHERE id = 1;
-- refresh
UPDATE c SET id = 3 WHERE id = 2;
UPDATE o SET c = 3 WHERE id = 3;
-- refresh
DELETE FROM c;
-- refresh
