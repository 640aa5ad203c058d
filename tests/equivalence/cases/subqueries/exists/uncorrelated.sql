-- EXISTS without any correlation switches the whole result on and off.
-- tables
CREATE TABLE o (id int PRIMARY KEY);
CREATE TABLE i (v int);
INSERT INTO o VALUES (1), (2);
-- stream present
SELECT id FROM o WHERE EXISTS (SELECT FROM i WHERE v > 5)
-- stream absent
SELECT id FROM o WHERE NOT EXISTS (SELECT FROM i WHERE v > 5)
-- changes
INSERT INTO i VALUES (1), (7), (8);
-- refresh
DELETE FROM i WHERE v = 7;
INSERT INTO o VALUES (3);
-- refresh
UPDATE i SET v = 0;
-- refresh
