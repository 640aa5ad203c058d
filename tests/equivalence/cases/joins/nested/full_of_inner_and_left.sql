-- (a JOIN b) FULL JOIN (c LEFT JOIN d).
-- tables
CREATE TABLE a (id int PRIMARY KEY, k int);
CREATE TABLE b (a int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, k int);
CREATE TABLE d (c int PRIMARY KEY, t text);
INSERT INTO a VALUES (1, 1), (2, 2);
INSERT INTO b VALUES (1);
INSERT INTO c VALUES (1, 1), (2, 2);
INSERT INTO d VALUES (2, 'two');
-- query
SELECT a.id AS a, c.id AS c, d.t FROM (a JOIN b ON b.a = a.id) FULL JOIN (c LEFT JOIN d ON d.c = c.id) ON a.k = c.k
-- changes
INSERT INTO b VALUES (2);
DELETE FROM d;
-- refresh
DELETE FROM b WHERE a = 1;
INSERT INTO d VALUES (1, 'one');
-- refresh
BEGIN;
DELETE FROM c;
INSERT INTO c VALUES (3, 2);
COMMIT;
-- refresh
