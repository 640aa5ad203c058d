-- A NULL key matches nothing, on either side, and comes and goes.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (id int PRIMARY KEY, k int);
INSERT INTO l VALUES (1, NULL), (2, 2), (3, 3);
INSERT INTO r VALUES (1, NULL), (2, 2);
-- query
SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON l.k = r.k
-- changes
UPDATE l SET k = NULL WHERE id = 2;
UPDATE r SET k = 3 WHERE id = 1;
-- refresh
UPDATE r SET k = NULL;
UPDATE l SET k = 2;
-- refresh
INSERT INTO r VALUES (3, 2);
-- refresh
