-- A view over a view over a join, read twice.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (id int PRIMARY KEY, a int, w int);
INSERT INTO a VALUES (1, 1), (2, 2);
INSERT INTO b VALUES (1, 1, 10), (2, 2, 20);
CREATE VIEW ab AS SELECT a.id, a.v, b.w FROM a JOIN b ON b.a = a.id;
CREATE VIEW big (id, total) AS SELECT id, v + w FROM ab WHERE w > 5;
-- query
SELECT x.id, x.total, y.total AS other FROM big x JOIN big y ON y.id = x.id + 1
-- changes
UPDATE a SET v = 5 WHERE id = 1;
-- refresh
INSERT INTO a VALUES (3, 3);
INSERT INTO b VALUES (3, 3, 30);
-- refresh
UPDATE b SET w = 1 WHERE id = 2;
-- refresh
