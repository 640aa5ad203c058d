-- mode: any
-- construct: EXISTS
-- tables
CREATE TABLE o (id int PRIMARY KEY);
CREATE TABLE l (id int PRIMARY KEY, o int);
INSERT INTO o VALUES (1), (2);
INSERT INTO l VALUES (1, 1);
-- query
SELECT id FROM o WHERE EXISTS (SELECT 1 FROM l WHERE l.o = o.id)
-- changes
BEGIN;
INSERT INTO o VALUES (3);
INSERT INTO l VALUES (2, 3), (3, 3);
COMMIT;
-- refresh
