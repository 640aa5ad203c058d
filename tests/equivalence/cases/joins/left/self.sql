-- A table outer joined with itself: one change is a left row and a match at once.
-- tables
CREATE TABLE emp (id int PRIMARY KEY, boss int, name text);
INSERT INTO emp VALUES (1, NULL, 'root'), (2, 1, 'a'), (3, 9, 'orphan');
-- query
SELECT e.name, b.name AS boss FROM emp e LEFT JOIN emp b ON b.id = e.boss
-- changes
INSERT INTO emp VALUES (9, 9, 'own boss');
-- refresh
UPDATE emp SET id = id + 10 WHERE id IN (1, 9);
-- refresh
DELETE FROM emp WHERE id = 19;
UPDATE emp SET boss = 3;
-- refresh
