-- The top three: a row below enters when one above leaves; changes below the border change nothing.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t SELECT i, i * 10 FROM generate_series(1, 8) i;
-- query
SELECT id, v FROM t ORDER BY v DESC, id LIMIT 3
-- changes
UPDATE t SET v = 15 WHERE id = 1;
-- refresh
DELETE FROM t WHERE id IN (8, 6);
-- refresh
INSERT INTO t VALUES (20, 75), (21, NULL);
-- refresh
UPDATE t SET v = 1000 - v WHERE v IS NOT NULL;
-- refresh
DELETE FROM t WHERE id > 1;
-- refresh
