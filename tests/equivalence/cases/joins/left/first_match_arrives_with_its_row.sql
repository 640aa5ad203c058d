-- A left row and its first match in one refresh, in either order of writing: one row, not an extra one with NULL.
-- tables
CREATE TABLE l (id int PRIMARY KEY, a text);
CREATE TABLE r (id int PRIMARY KEY, l int, b text);
INSERT INTO l VALUES (1, 'old');
-- stream joined
SELECT l.id, l.a, r.id AS rid, r.b FROM l LEFT JOIN r ON r.l = l.id
-- stream counted
SELECT l.id, count(*) AS n, count(r.id) AS matches FROM l LEFT JOIN r ON r.l = l.id GROUP BY l.id
-- changes
BEGIN;
INSERT INTO l VALUES (2, 'two');
INSERT INTO r VALUES (1, 2, 'x');
COMMIT;
-- refresh
BEGIN;
INSERT INTO r VALUES (2, 3, 'y');
INSERT INTO l VALUES (3, 'three');
COMMIT;
-- refresh
BEGIN;
DELETE FROM r WHERE l = 2;
DELETE FROM l WHERE id = 2;
COMMIT;
-- refresh
