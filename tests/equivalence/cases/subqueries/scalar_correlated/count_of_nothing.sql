-- count() of no row is 0, sum() is NULL, coalesce of it is 0.
-- tables
CREATE TABLE o (id int PRIMARY KEY);
CREATE TABLE i (o int, v int);
INSERT INTO o VALUES (1), (2);
INSERT INTO i VALUES (1, NULL), (1, 4);
-- query
SELECT id, (SELECT count(*) FROM i WHERE i.o = o.id) AS n, (SELECT sum(v) FROM i WHERE i.o = o.id) AS s,
       coalesce((SELECT max(v) FROM i WHERE i.o = o.id), 0) AS m
FROM o
-- changes
BEGIN;
INSERT INTO o VALUES (3);
INSERT INTO i VALUES (3, 1), (3, 2), (2, NULL);
COMMIT;
-- refresh
DELETE FROM i WHERE o = 1;
UPDATE o SET id = 4 WHERE id = 2;
-- refresh
INSERT INTO i VALUES (4, 4);
DELETE FROM o WHERE id = 3;
-- refresh
