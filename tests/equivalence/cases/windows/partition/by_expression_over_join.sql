-- PARTITION BY an expression of both sides of a join.
-- tables
CREATE TABLE o (id int PRIMARY KEY, c int, v int);
CREATE TABLE c (id int PRIMARY KEY, city text);
INSERT INTO c VALUES (1, 'Rome'), (2, 'rome'), (3, 'Oslo');
INSERT INTO o VALUES (1, 1, 10), (2, 2, 20), (3, 3, 30);
-- query
SELECT o.id, lower(c.city) AS city, sum(o.v) OVER (PARTITION BY lower(c.city)) AS s, rank() OVER (PARTITION BY lower(c.city) ORDER BY o.v DESC, o.id) AS r
FROM o JOIN c ON c.id = o.c
-- changes
UPDATE c SET city = 'Oslo' WHERE id = 2;
-- refresh
BEGIN;
INSERT INTO c VALUES (4, 'OSLO');
INSERT INTO o VALUES (4, 4, 40);
DELETE FROM o WHERE id = 3;
COMMIT;
-- refresh
