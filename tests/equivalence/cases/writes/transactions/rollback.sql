-- A rolled back transaction, and one that failed, leave nothing; a later one counts.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t VALUES (1, 1), (2, 2);
-- query
SELECT a, count(*) AS n FROM t GROUP BY a
-- changes
BEGIN;
UPDATE t SET a = 50;
DELETE FROM t WHERE id = 1;
ROLLBACK;
-- refresh
BEGIN;
INSERT INTO t VALUES (3, 3);
-- fails: 23505
INSERT INTO t VALUES (1, 1);
-- fails: 25P02
INSERT INTO t VALUES (4, 4);
COMMIT;
-- fails: 22012
UPDATE t SET a = 1 / (id - 2);
INSERT INTO t VALUES (5, 2);
-- refresh
