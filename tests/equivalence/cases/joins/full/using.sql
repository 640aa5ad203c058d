-- tables
CREATE TABLE l (id int PRIMARY KEY);
CREATE TABLE r (id int PRIMARY KEY);
INSERT INTO l VALUES (1), (2);
INSERT INTO r VALUES (2), (3);
-- query
SELECT l.id AS l, r.id AS r FROM l FULL JOIN r USING (id)
-- changes
DELETE FROM l WHERE id = 2;
INSERT INTO r VALUES (1);
-- refresh
