-- A row comparison with ANY over two columns.
-- tables
CREATE TABLE a (id int PRIMARY KEY, x int, y int);
CREATE TABLE b (x int, y int);
INSERT INTO a VALUES (1, 1, 1), (2, 1, 2), (3, 2, NULL);
INSERT INTO b VALUES (1, 1);
-- query
SELECT id FROM a WHERE (x, y) > ANY (SELECT x, y FROM b)
-- changes
UPDATE b SET x = 0;
-- refresh
INSERT INTO b VALUES (NULL, 1);
DELETE FROM b WHERE x = 0;
-- refresh
INSERT INTO b VALUES (1, 1);
-- refresh
