-- IS NOT DISTINCT FROM as join condition: NULL matches NULL.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (id int PRIMARY KEY, k int);
INSERT INTO l VALUES (1, NULL), (2, 2);
INSERT INTO r VALUES (1, 2);
-- query
SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON l.k IS NOT DISTINCT FROM r.k
-- changes
INSERT INTO r VALUES (2, NULL), (3, NULL);
-- refresh
UPDATE l SET k = NULL;
DELETE FROM r WHERE id = 2;
-- refresh
