-- In a join condition, in CASE, in an argument of a function.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (id int PRIMARY KEY, k int);
CREATE TABLE c (shift int);
INSERT INTO l VALUES (1, 1), (2, 2);
INSERT INTO r VALUES (1, 1), (2, 3);
INSERT INTO c VALUES (0);
-- query
SELECT l.id, r.id AS rid, greatest(l.k, (SELECT max(shift) FROM c)) AS g, CASE WHEN (SELECT count(*) FROM r) > 2 THEN 'many' ELSE 'few' END AS n
FROM l JOIN r ON r.k = l.k + (SELECT min(shift) FROM c)
-- changes
UPDATE c SET shift = 1;
-- refresh
INSERT INTO r VALUES (3, 2);
-- refresh
INSERT INTO c VALUES (0), (9);
-- refresh
