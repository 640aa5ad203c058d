-- IN with a correlation beside the compared column.
-- tables
CREATE TABLE a (id int PRIMARY KEY, g int, v int);
CREATE TABLE b (g int, v int);
INSERT INTO a VALUES (1, 1, 1), (2, 1, 2), (3, NULL, 1);
INSERT INTO b VALUES (1, 1), (2, 2);
-- stream ins
SELECT id FROM a WHERE v IN (SELECT b.v FROM b WHERE b.g = a.g)
-- stream outs
SELECT id FROM a WHERE v NOT IN (SELECT b.v FROM b WHERE b.g = a.g)
-- changes
INSERT INTO b VALUES (1, 2), (1, NULL);
-- refresh
UPDATE a SET g = 2;
-- refresh
DELETE FROM b WHERE v IS NULL;
UPDATE b SET g = 2 WHERE g = 1;
-- refresh
