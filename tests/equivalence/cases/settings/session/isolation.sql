-- Writers in REPEATABLE READ and SERIALIZABLE, and a read-only refresh default.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t VALUES (1, 1);
-- query
SELECT sum(a) AS s, count(*) AS n FROM t
-- changes
BEGIN ISOLATION LEVEL SERIALIZABLE;
INSERT INTO t VALUES (2, 2);
UPDATE t SET a = a + 1;
COMMIT;
-- refresh
BEGIN ISOLATION LEVEL REPEATABLE READ;
DELETE FROM t WHERE id = 1;
COMMIT;
SET default_transaction_isolation = 'serializable';
INSERT INTO t VALUES (3, 3);
-- refresh
BEGIN ISOLATION LEVEL REPEATABLE READ;
INSERT INTO t VALUES (4, 40);
-- refresh => any
COMMIT;
-- refresh => any
