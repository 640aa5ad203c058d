-- LATERAL with ORDER BY and LIMIT: the two latest of each.
-- tables
CREATE TABLE c (id int PRIMARY KEY);
CREATE TABLE o (id int PRIMARY KEY, c int, at int);
INSERT INTO c VALUES (1), (2);
INSERT INTO o VALUES (1, 1, 1), (2, 1, 2), (3, 1, 3);
-- query
SELECT c.id, x.id AS o, x.at FROM c, LATERAL (SELECT o.id, o.at FROM o WHERE o.c = c.id ORDER BY o.at DESC, o.id LIMIT 2) x
-- changes
INSERT INTO o VALUES (4, 1, 9), (5, 2, 1);
-- refresh
DELETE FROM o WHERE id = 4;
UPDATE o SET at = 0 WHERE id = 3;
-- refresh
BEGIN;
INSERT INTO c VALUES (3);
INSERT INTO o VALUES (6, 3, 1), (7, 3, 2), (8, 3, 3);
DELETE FROM c WHERE id = 1;
COMMIT;
-- refresh
