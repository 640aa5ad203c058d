-- GROUP BY alone: a group is there once, however many rows it has.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b text);
INSERT INTO t VALUES (1, 1, 'x'), (2, 1, 'x'), (3, NULL, 'x'), (4, NULL, NULL);
-- query
SELECT a, b FROM t GROUP BY a, b
-- changes
DELETE FROM t WHERE id = 1;
-- refresh
DELETE FROM t WHERE id = 2;
INSERT INTO t VALUES (5, NULL, NULL);
-- refresh
UPDATE t SET b = 'y';
-- refresh
