-- NATURAL JOIN without a common column is a cross join.
-- tables
CREATE TABLE l (a int PRIMARY KEY);
CREATE TABLE r (b int PRIMARY KEY);
INSERT INTO l VALUES (1), (2);
-- query
SELECT * FROM l NATURAL JOIN r
-- changes
INSERT INTO r VALUES (1), (2);
-- refresh
DELETE FROM l WHERE a = 1;
INSERT INTO r VALUES (3);
-- refresh
