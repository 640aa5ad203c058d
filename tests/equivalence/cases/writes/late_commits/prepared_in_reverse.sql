-- Two prepared transactions, committed in the reverse order, with a rollback of a third between.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2);
-- stream rows
SELECT id, v FROM t
-- stream total
SELECT sum(v) AS s, count(*) AS n FROM t
-- changes
BEGIN;
UPDATE t SET v = 10 WHERE id = 1;
PREPARE TRANSACTION 'reverse_1';
BEGIN;
UPDATE t SET v = 20 WHERE id = 2;
PREPARE TRANSACTION 'reverse_2';
BEGIN;
INSERT INTO t VALUES (3, 30);
PREPARE TRANSACTION 'reverse_3';
INSERT INTO t VALUES (4, 4);
-- refresh
COMMIT PREPARED 'reverse_2';
ROLLBACK PREPARED 'reverse_3';
-- refresh
COMMIT PREPARED 'reverse_1';
-- refresh
