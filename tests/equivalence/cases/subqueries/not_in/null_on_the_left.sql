-- A NULL on the left is kept only while the subquery is empty.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (1, NULL), (2, 2);
-- query
SELECT id FROM a WHERE v NOT IN (SELECT v FROM b)
-- changes
INSERT INTO b VALUES (7);
-- refresh
DELETE FROM b;
INSERT INTO a VALUES (3, NULL);
-- refresh
INSERT INTO b VALUES (2);
-- refresh
UPDATE a SET v = 3;
-- refresh
