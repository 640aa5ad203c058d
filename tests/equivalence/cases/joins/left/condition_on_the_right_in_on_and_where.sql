-- A condition on the right side: in ON it decides about a match, in WHERE also about the rows without.
-- tables
CREATE TABLE l (id int PRIMARY KEY);
CREATE TABLE r (id int PRIMARY KEY, l int, v int);
INSERT INTO l VALUES (1), (2), (3);
INSERT INTO r VALUES (1, 1, 10), (2, 2, 1), (3, 2, 20);
-- stream in_on
SELECT l.id, r.v FROM l LEFT JOIN r ON r.l = l.id AND r.v > 5
-- stream in_where
SELECT l.id, r.v FROM l LEFT JOIN r ON r.l = l.id WHERE r.v > 5 OR r.v IS NULL
-- changes
UPDATE r SET v = 1 WHERE id = 1;
-- refresh
UPDATE r SET v = v + 10;
UPDATE r SET v = NULL WHERE id = 3;
-- refresh
DELETE FROM r WHERE l = 2;
-- refresh
