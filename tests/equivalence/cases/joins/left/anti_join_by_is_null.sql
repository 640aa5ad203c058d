-- LEFT JOIN ... WHERE right key IS NULL: the rows without a match.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (id int PRIMARY KEY, k int);
INSERT INTO l VALUES (1, 1), (2, 2), (3, NULL);
INSERT INTO r VALUES (1, 1);
-- query
SELECT l.id, l.k FROM l LEFT JOIN r ON l.k = r.k WHERE r.id IS NULL
-- changes
BEGIN;
INSERT INTO l VALUES (4, 4), (5, 5);
INSERT INTO r VALUES (4, 4), (2, 2), (22, 2);
COMMIT;
-- refresh
DELETE FROM r WHERE k IN (1, 4);
-- refresh
UPDATE l SET k = 2;
DELETE FROM r WHERE id = 2;
-- refresh
