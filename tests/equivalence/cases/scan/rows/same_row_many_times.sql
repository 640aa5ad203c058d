-- One row inserted, updated, deleted and inserted again between two refreshes.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t VALUES (1, 1), (2, 2);
-- query
SELECT id, a FROM t
-- changes
UPDATE t SET a = 10 WHERE id = 1;
UPDATE t SET a = 11 WHERE id = 1;
UPDATE t SET a = 12 WHERE id = 1;
-- refresh
DELETE FROM t WHERE id = 1;
INSERT INTO t VALUES (1, 13);
DELETE FROM t WHERE id = 1;
INSERT INTO t VALUES (1, 14);
INSERT INTO t VALUES (3, 3);
DELETE FROM t WHERE id = 3;
-- refresh
UPDATE t SET a = 0 WHERE id = 2;
UPDATE t SET a = 2 WHERE id = 2;
DELETE FROM t WHERE id = 1;
INSERT INTO t VALUES (1, 14);
UPDATE t SET a = 3 WHERE id = 2;
-- refresh
