-- The outer row is its own witness.
-- tables
CREATE TABLE t (id int PRIMARY KEY, parent int);
INSERT INTO t VALUES (1, NULL), (2, 1), (3, 2), (4, 4);
-- stream parents
SELECT id FROM t WHERE id IN (SELECT parent FROM t)
-- stream leaves
SELECT id FROM t WHERE id NOT IN (SELECT parent FROM t WHERE parent IS NOT NULL)
-- changes
INSERT INTO t VALUES (5, 3);
-- refresh
UPDATE t SET parent = 5 WHERE id IN (2, 4);
-- refresh
DELETE FROM t WHERE id = 5;
UPDATE t SET id = 10 WHERE id = 1;
-- refresh
