-- NOT EXISTS: a row and its first match in one refresh never appear; the last match leaving lets it in.
-- tables
CREATE TABLE o (id int PRIMARY KEY, a text);
CREATE TABLE i (id int PRIMARY KEY, o int);
INSERT INTO o VALUES (1, 'x'), (2, 'y');
INSERT INTO i VALUES (1, 1), (2, 1);
-- stream plain
SELECT id, a FROM o WHERE NOT EXISTS (SELECT FROM i WHERE i.o = o.id)
-- stream grouped
SELECT a, count(*) AS n FROM o WHERE NOT EXISTS (SELECT FROM i WHERE i.o = o.id) GROUP BY a
-- changes
BEGIN;
INSERT INTO o VALUES (3, 'y'), (4, 'y');
INSERT INTO i VALUES (3, 3);
COMMIT;
-- refresh
DELETE FROM i WHERE id = 1;
-- refresh
DELETE FROM i WHERE id = 2;
INSERT INTO i VALUES (5, 2), (6, 2);
-- refresh
BEGIN;
DELETE FROM o WHERE id = 3;
DELETE FROM i WHERE o = 3;
COMMIT;
UPDATE i SET o = NULL;
-- refresh
