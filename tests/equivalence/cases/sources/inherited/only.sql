-- FROM ONLY reads the parent without its children.
-- tables
CREATE TABLE p (id int PRIMARY KEY, v int);
CREATE TABLE c () INHERITS (p);
INSERT INTO p VALUES (1, 1);
INSERT INTO c VALUES (2, 2);
-- query
SELECT id, v FROM ONLY p
-- changes
INSERT INTO p VALUES (3, 3);
UPDATE p SET v = v + 10;
-- refresh
INSERT INTO c VALUES (4, 4);
DELETE FROM p WHERE id = 1;
-- refresh
