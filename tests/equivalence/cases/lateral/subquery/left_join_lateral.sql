-- LEFT JOIN LATERAL ... ON true keeps the rows for which nothing comes.
-- tables
CREATE TABLE c (id int PRIMARY KEY, least int);
CREATE TABLE o (id int PRIMARY KEY, c int, v int);
INSERT INTO c VALUES (1, 5), (2, NULL);
INSERT INTO o VALUES (1, 1, 3), (2, 1, 7);
-- query
SELECT c.id, x.v FROM c LEFT JOIN LATERAL (SELECT o.v FROM o WHERE o.c = c.id AND o.v >= c.least) x ON true
-- changes
UPDATE c SET least = 2;
-- refresh
INSERT INTO o VALUES (3, 2, 2), (4, 2, 2);
DELETE FROM o WHERE c = 1;
-- refresh
BEGIN;
INSERT INTO c VALUES (3, 0);
INSERT INTO o VALUES (5, 3, 0);
COMMIT;
-- refresh
