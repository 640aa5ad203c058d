-- A strict WHERE on the right side makes it an inner join, whatever the text says.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (k int PRIMARY KEY, v int);
INSERT INTO l VALUES (1, 1), (2, 2), (3, 9);
INSERT INTO r VALUES (1, 10), (2, 20);
-- query
SELECT l.id, r.v FROM l LEFT JOIN r USING (k) WHERE r.v >= 10
-- changes
INSERT INTO r VALUES (9, 90);
UPDATE r SET v = 5 WHERE k = 1;
-- refresh
UPDATE l SET k = 2;
-- refresh
