-- DISTINCT ON: the first of each group leaves, a new first comes, a group moves.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, at int, v text);
INSERT INTO t VALUES (1, 1, 10, 'a'), (2, 1, 20, 'b'), (3, 2, 5, 'c'), (4, NULL, 1, 'd');
-- query
SELECT DISTINCT ON (g) g, id, at, v FROM t ORDER BY g, at DESC, id
-- changes
INSERT INTO t VALUES (5, 1, 30, 'e'), (6, 1, 15, 'f');
-- refresh
DELETE FROM t WHERE id IN (5, 2);
UPDATE t SET at = NULL WHERE id = 1;
-- refresh
UPDATE t SET g = 2;
-- refresh
