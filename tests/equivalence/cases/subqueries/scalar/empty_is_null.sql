-- A scalar subquery without aggregate: NULL while it has no row.
-- tables
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE conf (key text PRIMARY KEY, v int);
INSERT INTO t VALUES (1), (2);
-- query
SELECT id, (SELECT v FROM conf WHERE key = 'limit') AS lim FROM t WHERE id < coalesce((SELECT v FROM conf WHERE key = 'limit'), 100)
-- changes
INSERT INTO conf VALUES ('limit', 2), ('other', 7);
-- refresh
UPDATE conf SET v = 10 WHERE key = 'limit';
INSERT INTO t VALUES (5), (15);
-- refresh
DELETE FROM conf WHERE key = 'limit';
-- refresh
