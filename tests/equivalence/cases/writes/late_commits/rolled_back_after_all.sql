-- A transaction whose writes were waited for rolls back: nothing of it is ever seen.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1);
-- query
SELECT id, v FROM t
-- changes
-- session other
BEGIN;
INSERT INTO t VALUES (2, 2);
UPDATE t SET v = 5 WHERE id = 1;
-- session
INSERT INTO t VALUES (3, 3);
-- refresh
-- session other
ROLLBACK;
-- session
INSERT INTO t VALUES (2, 22);
-- refresh
