-- A join condition with OR and NULLs.
-- tables
CREATE TABLE l (id int PRIMARY KEY, a int, b int);
CREATE TABLE r (id int PRIMARY KEY, a int, b int);
INSERT INTO l VALUES (1, 1, NULL), (2, NULL, 2), (3, 3, 3);
INSERT INTO r VALUES (1, 1, 2), (2, NULL, NULL);
-- query
SELECT l.id, r.id AS rid FROM l JOIN r ON l.a = r.a OR l.b = r.b
-- changes
UPDATE r SET b = 3 WHERE id = 2;
INSERT INTO r VALUES (3, 3, 3);
-- refresh
UPDATE l SET a = NULL;
-- refresh
DELETE FROM r WHERE id = 1;
UPDATE l SET b = 3;
-- refresh
