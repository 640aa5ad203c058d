-- FULL JOIN: when the pair leaves one side, the other stays alone; when both leave, nothing stays.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (id int PRIMARY KEY, k int);
INSERT INTO l VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO r VALUES (1, 1), (2, 2), (4, 4);
-- query
SELECT l.id AS l, r.id AS r FROM l FULL JOIN r ON l.k = r.k
-- changes
DELETE FROM l WHERE id = 1;
DELETE FROM r WHERE id = 2;
-- refresh
BEGIN;
DELETE FROM l WHERE id = 2;
DELETE FROM r WHERE id = 1;
INSERT INTO l VALUES (4, 4), (5, 5);
INSERT INTO r VALUES (5, 5), (6, 5);
COMMIT;
-- refresh
DELETE FROM l;
-- refresh
DELETE FROM r;
INSERT INTO l VALUES (1, 1);
-- refresh
