-- The running count by a correlated subquery.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (10, 1), (20, 1), (30, 1);
-- query
SELECT id, (SELECT sum(u.v) FROM t u WHERE u.id <= t.id) AS running FROM t
-- changes
INSERT INTO t VALUES (15, 5);
-- refresh
DELETE FROM t WHERE id = 10;
UPDATE t SET id = 25 WHERE id = 30;
-- refresh
