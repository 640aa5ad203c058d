-- Equality between expressions of both sides, one of a cast.
-- tables
CREATE TABLE l (id int PRIMARY KEY, code text);
CREATE TABLE r (id int PRIMARY KEY, n int);
INSERT INTO l VALUES (1, ' A1 '), (2, 'a2'), (3, NULL);
INSERT INTO r VALUES (1, 1), (2, 2), (3, 3);
-- query
SELECT l.id, r.id AS rid FROM l JOIN r ON lower(trim(l.code)) = 'a' || r.n::text
-- changes
UPDATE l SET code = 'A3' WHERE id = 3;
UPDATE r SET n = 22 WHERE id = 2;
-- refresh
INSERT INTO l VALUES (4, 'a22'), (5, 'A22');
DELETE FROM r WHERE id = 1;
-- refresh
