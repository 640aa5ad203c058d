-- EXISTS OR a plain condition OR another EXISTS.
-- tables
CREATE TABLE o (id int PRIMARY KEY, v int);
CREATE TABLE i (o int, k int);
CREATE TABLE j (o int);
INSERT INTO o VALUES (1, 1), (2, 20), (3, NULL), (4, 4);
INSERT INTO i VALUES (1, 1);
-- query
SELECT id, v FROM o WHERE v > 10 OR EXISTS (SELECT FROM i WHERE i.o = o.id AND i.k = 1) OR NOT EXISTS (SELECT FROM j)
-- changes
INSERT INTO j VALUES (1);
-- refresh
INSERT INTO i VALUES (2, 1), (3, 1), (4, 2);
UPDATE o SET v = 0 WHERE id = 2;
-- refresh
UPDATE i SET k = 3 - k;
-- refresh
DELETE FROM j;
DELETE FROM i;
-- refresh
