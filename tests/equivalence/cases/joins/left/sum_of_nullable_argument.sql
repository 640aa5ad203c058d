-- SUM over the right side is NULL without a match and when all matches are NULL; COUNT is 0.
-- tables
CREATE TABLE l (id int PRIMARY KEY);
CREATE TABLE r (id int PRIMARY KEY, l int, v int);
INSERT INTO l VALUES (1), (2), (3);
INSERT INTO r VALUES (1, 1, NULL), (2, 2, 5);
-- query
SELECT l.id, sum(r.v) AS s, avg(r.v) AS a, count(r.v) AS n, coalesce(sum(r.v), 0) AS z FROM l LEFT JOIN r ON r.l = l.id GROUP BY l.id
-- changes
UPDATE r SET v = NULL WHERE id = 2;
INSERT INTO r VALUES (3, 3, 7);
-- refresh
DELETE FROM r WHERE id = 3;
UPDATE r SET v = 1 WHERE id = 1;
-- refresh
INSERT INTO r VALUES (4, 1, -1), (5, 3, NULL);
-- refresh
