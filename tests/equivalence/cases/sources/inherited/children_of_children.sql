-- Two levels of inheritance, of two parents, with a child that is added later.
-- mode: any
-- tables
CREATE TABLE p (id int, v int);
CREATE TABLE q (w int);
CREATE TABLE c1 () INHERITS (p, q);
CREATE TABLE c2 (x int) INHERITS (c1);
INSERT INTO p VALUES (1, 1);
INSERT INTO c1 VALUES (2, 2, 2);
INSERT INTO c2 VALUES (3, 3, 3, 3);
-- stream ps
SELECT id, v FROM p
-- stream total
SELECT count(*) AS n, sum(v) AS s FROM p
-- changes
INSERT INTO c2 VALUES (4, 4, 4, 4);
UPDATE p SET v = v + 1;
-- refresh
CREATE TABLE c3 () INHERITS (p);
INSERT INTO c3 VALUES (5, 50);
-- refresh => any
UPDATE c3 SET v = 51;
DELETE FROM ONLY p;
-- refresh => any
DROP TABLE c3;
-- refresh => any
