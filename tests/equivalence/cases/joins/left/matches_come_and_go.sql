-- tables
CREATE TABLE l (id int PRIMARY KEY);
CREATE TABLE r (id int PRIMARY KEY, l int);
INSERT INTO l VALUES (1), (2);
INSERT INTO r VALUES (1, 1);
-- query
SELECT l.id, r.id AS r FROM l LEFT JOIN r ON r.l = l.id
-- changes
INSERT INTO r VALUES (2, 2), (3, 2);
-- refresh
DELETE FROM r WHERE id IN (1, 2);
DELETE FROM l WHERE id = 2;
-- refresh
