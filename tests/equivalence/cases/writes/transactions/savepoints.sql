-- What a ROLLBACK TO takes back was captured and must be gone, before and after more work.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t VALUES (1, 1), (2, 2);
-- query
SELECT id, a FROM t
-- changes
BEGIN;
INSERT INTO t VALUES (3, 3);
SAVEPOINT s1;
UPDATE t SET a = 100;
SAVEPOINT s2;
DELETE FROM t WHERE id = 1;
ROLLBACK TO s1;
INSERT INTO t VALUES (4, 4);
SAVEPOINT s3;
UPDATE t SET a = a + 1 WHERE id = 2;
RELEASE s3;
COMMIT;
-- refresh
BEGIN;
DELETE FROM t WHERE id = 1;
SAVEPOINT s1;
-- fails: 23505
INSERT INTO t VALUES (2, 0);
ROLLBACK TO s1;
INSERT INTO t VALUES (1, 11);
COMMIT;
-- refresh
