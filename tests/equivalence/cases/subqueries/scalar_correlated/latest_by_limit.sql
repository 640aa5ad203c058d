-- ORDER BY ... LIMIT 1 in a scalar subquery: the latest of each.
-- tables
CREATE TABLE o (id int PRIMARY KEY);
CREATE TABLE i (id int PRIMARY KEY, o int, at int);
INSERT INTO o VALUES (1), (2);
INSERT INTO i VALUES (1, 1, 10), (2, 1, 20);
-- query
SELECT id, (SELECT i.id FROM i WHERE i.o = o.id ORDER BY at DESC, i.id LIMIT 1) AS latest FROM o
-- changes
INSERT INTO i VALUES (3, 1, 30), (4, 2, 1);
-- refresh
DELETE FROM i WHERE id = 3;
UPDATE i SET at = NULL WHERE id = 1;
-- refresh
UPDATE i SET o = 2;
-- refresh
