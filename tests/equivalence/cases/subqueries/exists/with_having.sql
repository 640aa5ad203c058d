-- EXISTS of a group that passes HAVING, and of an aggregate without GROUP BY, which always has a row.
-- tables
CREATE TABLE o (id int PRIMARY KEY);
CREATE TABLE i (o int, v int);
INSERT INTO o VALUES (1), (2);
INSERT INTO i VALUES (1, 1), (1, 2), (2, 1);
-- stream pairs
SELECT id FROM o WHERE EXISTS (SELECT i.o FROM i WHERE i.o = o.id GROUP BY i.o HAVING count(*) > 1)
-- stream always
SELECT id FROM o WHERE EXISTS (SELECT count(*) FROM i WHERE i.o = o.id)
-- changes
INSERT INTO i VALUES (2, 5);
DELETE FROM i WHERE o = 1 AND v = 1;
INSERT INTO o VALUES (3);
-- refresh
INSERT INTO i VALUES (1, 7);
DELETE FROM i WHERE o = 2;
-- refresh
