-- PREPARE TRANSACTION: invisible until COMMIT PREPARED, and then not lost.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t VALUES (1, 1);
-- query
SELECT sum(a) AS s FROM t
-- changes
BEGIN;
INSERT INTO t VALUES (2, 20);
PREPARE TRANSACTION 'eq_prepared_1';
INSERT INTO t VALUES (3, 300);
-- refresh
COMMIT PREPARED 'eq_prepared_1';
-- refresh
BEGIN;
DELETE FROM t;
PREPARE TRANSACTION 'eq_prepared_2';
ROLLBACK PREPARED 'eq_prepared_2';
INSERT INTO t VALUES (4, 4000);
-- refresh
