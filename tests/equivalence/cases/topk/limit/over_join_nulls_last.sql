-- The first by a nullable column of a join, NULLS LAST.
-- tables
CREATE TABLE a (id int PRIMARY KEY, b int);
CREATE TABLE b (id int PRIMARY KEY, v int);
INSERT INTO a VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO b VALUES (1, NULL), (2, 5), (3, 1);
-- query
SELECT a.id, b.v FROM a JOIN b ON b.id = a.b ORDER BY b.v DESC NULLS LAST, a.id LIMIT 2
-- changes
UPDATE b SET v = 7 WHERE id = 1;
-- refresh
DELETE FROM b WHERE id = 2;
-- refresh
UPDATE b SET v = NULL;
-- refresh
