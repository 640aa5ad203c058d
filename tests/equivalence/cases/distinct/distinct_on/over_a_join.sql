-- DISTINCT ON two keys over a join; the winner's partner changes.
-- tables
CREATE TABLE a (id int PRIMARY KEY, g int);
CREATE TABLE b (id int PRIMARY KEY, a int, v int);
INSERT INTO a VALUES (1, 1), (2, 1);
INSERT INTO b VALUES (1, 1, 5), (2, 2, 7);
-- query
SELECT DISTINCT ON (a.g) a.g, a.id AS a, b.v FROM a JOIN b ON b.a = a.id ORDER BY a.g, b.v DESC, b.id
-- changes
UPDATE b SET v = 9 WHERE id = 1;
-- refresh
DELETE FROM a WHERE id = 1;
-- refresh
INSERT INTO a VALUES (3, 2);
INSERT INTO b VALUES (3, 3, NULL), (4, 3, 1);
-- refresh
