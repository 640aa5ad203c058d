-- The two sides of a join are written by two transactions; each commits alone, in either order.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (id int PRIMARY KEY, k int);
-- stream joined
SELECT l.id AS l, r.id AS r FROM l JOIN r USING (k)
-- stream lefts
SELECT l.id AS l, r.id AS r FROM l LEFT JOIN r USING (k)
-- stream without
SELECT l.id FROM l WHERE NOT EXISTS (SELECT FROM r WHERE r.k = l.k)
-- changes
-- session a
BEGIN;
INSERT INTO l VALUES (1, 1), (2, 2);
-- session b
BEGIN;
INSERT INTO r VALUES (1, 1), (11, 1);
-- session
INSERT INTO l VALUES (3, 1);
-- refresh
-- session b
COMMIT;
-- refresh
-- session a
COMMIT;
-- refresh
-- session b
BEGIN;
DELETE FROM r WHERE id = 1;
INSERT INTO r VALUES (2, 2);
-- session a
BEGIN;
UPDATE l SET k = 5 WHERE id = 1;
COMMIT;
-- refresh
-- session b
COMMIT;
-- refresh
