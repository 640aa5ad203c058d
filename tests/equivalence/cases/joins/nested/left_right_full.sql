-- All three outer joins in one FROM, each reading the one before.
-- tables
CREATE TABLE a (id int PRIMARY KEY, k int);
CREATE TABLE b (id int PRIMARY KEY, k int);
CREATE TABLE c (id int PRIMARY KEY, k int);
CREATE TABLE d (id int PRIMARY KEY, k int);
INSERT INTO a VALUES (1, 1), (2, 2);
INSERT INTO b VALUES (1, 1);
INSERT INTO c VALUES (1, 1), (2, 3);
INSERT INTO d VALUES (1, 3), (2, 4);
-- query
SELECT a.id AS a, b.id AS b, c.id AS c, d.id AS d
FROM a LEFT JOIN b ON a.k = b.k RIGHT JOIN c ON c.k = a.k FULL JOIN d ON d.k = c.k
-- changes
BEGIN;
INSERT INTO b VALUES (2, 2);
INSERT INTO c VALUES (3, 2);
INSERT INTO d VALUES (3, 2);
COMMIT;
-- refresh
DELETE FROM a WHERE id = 1;
DELETE FROM c WHERE id = 2;
-- refresh
UPDATE b SET k = 4;
UPDATE a SET k = 4;
UPDATE c SET k = 4 WHERE id = 1;
-- refresh
