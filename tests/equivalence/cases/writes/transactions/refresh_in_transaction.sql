-- A refresh inside the writer's own transaction sees its changes; a rollback undoes both.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t VALUES (1, 1), (2, 2);
-- stream rows
SELECT id, a FROM t
-- stream total
SELECT sum(a) AS s FROM rows
-- changes
BEGIN;
INSERT INTO t VALUES (3, 3);
-- refresh => any
UPDATE t SET a = 10 WHERE id = 1;
DELETE FROM t WHERE id = 2;
-- refresh => any
COMMIT;
-- refresh => any
BEGIN;
UPDATE t SET a = 77;
-- refresh => any
ROLLBACK;
-- refresh => any
INSERT INTO t VALUES (4, 4);
-- refresh
