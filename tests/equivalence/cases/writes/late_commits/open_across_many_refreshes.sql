-- One transaction stays open while the same rows' neighbours change and are refreshed many times.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int);
INSERT INTO t SELECT i, i % 2 FROM generate_series(1, 6) i;
-- query
SELECT g, count(*) AS n FROM t GROUP BY g
-- changes
-- session slow
BEGIN;
DELETE FROM t WHERE id = 1;
-- session
DELETE FROM t WHERE id = 3;
-- refresh
-- session slow
SAVEPOINT s;
INSERT INTO t VALUES (100, 7);
-- session
UPDATE t SET g = 1 WHERE id = 2;
-- refresh
-- session slow
ROLLBACK TO s;
INSERT INTO t VALUES (101, 0);
-- session
INSERT INTO t VALUES (7, 7);
-- refresh
-- session slow
COMMIT;
-- refresh
