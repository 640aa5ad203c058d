-- EXISTS as a value: in the SELECT list, in CASE, and compared with a column.
-- tables
CREATE TABLE o (id int PRIMARY KEY, want bool);
CREATE TABLE i (o int);
INSERT INTO o VALUES (1, true), (2, true), (3, NULL);
INSERT INTO i VALUES (1);
-- query
SELECT id, EXISTS (SELECT FROM i WHERE i.o = o.id) AS has,
       CASE WHEN NOT EXISTS (SELECT FROM i WHERE i.o = o.id) THEN 'none' WHEN want THEN 'good' END AS c,
       want = EXISTS (SELECT FROM i) AS as_wanted
FROM o
-- changes
INSERT INTO i VALUES (2), (2), (3);
-- refresh
DELETE FROM i WHERE o = 1;
UPDATE o SET want = false WHERE id = 2;
-- refresh
DELETE FROM i;
-- refresh
