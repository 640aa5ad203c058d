-- RIGHT JOIN keeps every right row.
-- tables
CREATE TABLE l (id int PRIMARY KEY, r int);
CREATE TABLE r (id int PRIMARY KEY);
INSERT INTO l VALUES (1, 1), (2, 9);
INSERT INTO r VALUES (1), (2);
-- stream joined
SELECT l.id, r.id AS rid FROM l RIGHT JOIN r ON l.r = r.id
-- stream counted
SELECT r.id, count(l.id) AS n FROM l RIGHT JOIN r ON l.r = r.id GROUP BY r.id
-- changes
BEGIN;
INSERT INTO r VALUES (3);
INSERT INTO l VALUES (3, 3), (4, 3);
COMMIT;
-- refresh
DELETE FROM l WHERE r = 3;
UPDATE l SET r = 2 WHERE id = 2;
-- refresh
DELETE FROM r WHERE id = 1;
-- refresh
