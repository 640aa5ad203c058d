-- NOT (EXISTS AND condition) and (EXISTS AND NOT EXISTS).
-- tables
CREATE TABLE o (id int PRIMARY KEY, v int);
CREATE TABLE i (o int);
CREATE TABLE j (o int);
INSERT INTO o VALUES (1, 1), (2, NULL), (3, 3);
INSERT INTO i VALUES (1), (2), (3);
-- stream s1
SELECT id FROM o WHERE NOT (EXISTS (SELECT FROM i WHERE i.o = o.id) AND v > 0)
-- stream s2
SELECT id FROM o WHERE EXISTS (SELECT FROM i WHERE i.o = o.id) AND NOT EXISTS (SELECT FROM j WHERE j.o = o.id)
-- changes
INSERT INTO j VALUES (1);
DELETE FROM i WHERE o = 3;
-- refresh
UPDATE o SET v = 5 WHERE v IS NULL;
INSERT INTO j VALUES (2), (2);
-- refresh
DELETE FROM j;
INSERT INTO i VALUES (3);
-- refresh
