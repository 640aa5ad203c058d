-- A key of two columns, in another order than the table's; one part of it changes.
-- tables
CREATE TABLE t (a int, v text, b text, PRIMARY KEY (b, a));
INSERT INTO t VALUES (1, 'v1', 'x'), (1, 'v2', 'y'), (2, 'v3', 'x');
-- query
SELECT v, b, a FROM t
-- changes
UPDATE t SET a = 3 WHERE a = 1 AND b = 'x';
UPDATE t SET b = 'z' WHERE b = 'y';
-- refresh
INSERT INTO t VALUES (1, 'again', 'x'), (1, 'again', 'y');
DELETE FROM t WHERE a = 2;
-- refresh
UPDATE t SET v = v || '!';
-- refresh
