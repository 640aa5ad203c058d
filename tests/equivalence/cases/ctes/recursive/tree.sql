-- A tree walked down by UNION ALL, with depth and path; leaves, subtrees and the root move.
-- tables
CREATE TABLE t (id int PRIMARY KEY, parent int, name text);
INSERT INTO t VALUES (1, NULL, 'root'), (2, 1, 'a'), (3, 1, 'b'), (4, 2, 'c'), (9, 8, 'lost');
-- query
WITH RECURSIVE r AS (SELECT id, name, 0 AS depth, name AS path FROM t WHERE parent IS NULL
    UNION ALL SELECT t.id, t.name, r.depth + 1, r.path || '/' || t.name FROM t JOIN r ON t.parent = r.id)
SELECT id, depth, path FROM r
-- changes
INSERT INTO t VALUES (5, 4, 'd'), (8, 3, 'found');
-- refresh
UPDATE t SET parent = 3 WHERE id = 2;
-- refresh
DELETE FROM t WHERE id = 3;
-- refresh
UPDATE t SET name = 'ROOT', parent = NULL WHERE id IN (1, 2);
-- refresh
