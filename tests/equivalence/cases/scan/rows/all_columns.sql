-- A copy of a table: insert, update, delete, and nothing at all.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a text, b numeric(12,2));
INSERT INTO t VALUES (1, 'one', 1.10), (2, NULL, 2), (3, 'three', NULL);
-- query
SELECT * FROM t
-- changes
INSERT INTO t VALUES (4, 'four', 4.44), (5, 'five', 0);
-- refresh
UPDATE t SET a = 'TWO', b = b + 1 WHERE id IN (2, 4);
-- refresh
DELETE FROM t WHERE id < 3;
-- refresh
-- refresh
INSERT INTO t VALUES (1, 'back', 1);
DELETE FROM t WHERE id = 5;
UPDATE t SET b = NULL;
-- refresh
