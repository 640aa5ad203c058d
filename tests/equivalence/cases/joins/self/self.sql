-- A table joined with itself: both occurrences change at once.
-- tables
CREATE TABLE emp (id int PRIMARY KEY, boss int, name text);
INSERT INTO emp VALUES (1, NULL, 'root'), (2, 1, 'a'), (3, 1, 'b'), (4, 2, 'c'), (5, 5, 'own boss');
-- query
SELECT e.id, e.name, b.name AS boss FROM emp e JOIN emp b ON e.boss = b.id
-- changes
UPDATE emp SET name = upper(name);
-- refresh
UPDATE emp SET boss = 3 WHERE id IN (4, 5);
INSERT INTO emp VALUES (6, 6, 'new'), (7, 6, 'report');
-- refresh
UPDATE emp SET id = 30 WHERE id = 3;
DELETE FROM emp WHERE id = 6;
-- refresh
