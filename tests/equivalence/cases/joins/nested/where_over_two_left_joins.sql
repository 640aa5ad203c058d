-- A filter that reads both nullable sides.
-- tables
CREATE TABLE l (id int PRIMARY KEY);
CREATE TABLE x (l int PRIMARY KEY, v int);
CREATE TABLE y (l int PRIMARY KEY, v int);
INSERT INTO l VALUES (1), (2), (3);
INSERT INTO x VALUES (1, 1), (2, 5);
INSERT INTO y VALUES (1, 2);
-- query
SELECT l.id, x.v AS x, y.v AS y FROM l LEFT JOIN x ON x.l = l.id LEFT JOIN y ON y.l = l.id
WHERE coalesce(x.v, 0) < coalesce(y.v, 3)
-- changes
UPDATE x SET v = 1 WHERE l = 2;
INSERT INTO y VALUES (3, 0);
-- refresh
DELETE FROM y;
UPDATE x SET v = 10 WHERE l = 1;
-- refresh
