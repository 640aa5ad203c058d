-- WITH TIES: a tie at the border comes and goes; more rows than asked for, and fewer.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 10), (2, 9), (3, 8), (4, 8), (5, 7);
-- query
SELECT id, v FROM t ORDER BY v DESC FETCH FIRST 3 ROWS WITH TIES
-- changes
INSERT INTO t VALUES (6, 8);
-- refresh
DELETE FROM t WHERE id = 1;
-- refresh
UPDATE t SET v = 9 WHERE id IN (3, 4);
-- refresh
DELETE FROM t WHERE v = 9;
-- refresh
UPDATE t SET v = NULL;
-- refresh
