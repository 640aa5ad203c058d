-- The last copy of the extreme leaves, an extreme becomes NULL, a group holds only NULLs.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 5), (2, 1, 5), (3, 1, 1), (4, 2, NULL);
-- query
SELECT g, min(v) AS lo, max(v) AS hi FROM t GROUP BY g
-- changes
DELETE FROM t WHERE id = 1;
-- refresh
UPDATE t SET v = NULL WHERE id = 2;
INSERT INTO t VALUES (5, 2, 3);
-- refresh
UPDATE t SET v = NULL;
-- refresh
