-- Groups without a match by HAVING count(...) = 0.
-- tables
CREATE TABLE c (id int PRIMARY KEY, name text);
CREATE TABLE o (id int PRIMARY KEY, c int);
INSERT INTO c VALUES (1, 'a'), (2, 'b');
INSERT INTO o VALUES (1, 1);
-- query
SELECT c.id, c.name FROM c LEFT JOIN o ON o.c = c.id GROUP BY c.id HAVING count(o.id) = 0
-- changes
BEGIN;
INSERT INTO c VALUES (3, 'c'), (4, 'd');
INSERT INTO o VALUES (2, 3), (3, 3);
COMMIT;
-- refresh
DELETE FROM o WHERE c IN (1, 3);
-- refresh
UPDATE c SET name = 'B' WHERE id = 2;
INSERT INTO o VALUES (9, 1);
-- refresh
