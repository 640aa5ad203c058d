-- Two rows for one outer row: an error; two rows for no outer row: none.
-- tables
CREATE TABLE o (id int PRIMARY KEY);
CREATE TABLE i (id int PRIMARY KEY, o int, v int);
INSERT INTO o VALUES (1), (2);
INSERT INTO i VALUES (1, 1, 10), (2, 9, 0), (3, 9, 0);
-- query
SELECT id, (SELECT v FROM i WHERE i.o = o.id) AS v FROM o
-- changes
INSERT INTO i VALUES (4, 2, 20);
-- refresh
INSERT INTO i VALUES (5, 2, 20);
-- refresh => error 21000
DELETE FROM i WHERE id = 4;
-- refresh => any
UPDATE i SET v = v + 1;
-- refresh
