-- ON true multiplies unless the right side is empty; ON false never matches.
-- tables
CREATE TABLE l (id int PRIMARY KEY);
CREATE TABLE r (id int PRIMARY KEY);
INSERT INTO l VALUES (1), (2);
-- stream always
SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON true
-- stream never
SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON false
-- changes
INSERT INTO r VALUES (1), (2);
INSERT INTO l VALUES (3);
-- refresh
DELETE FROM r;
-- refresh
DELETE FROM l WHERE id = 1;
INSERT INTO r VALUES (5);
-- refresh
