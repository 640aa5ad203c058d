-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t SELECT i, i FROM generate_series(1, 9) i;
-- query
SELECT id, v FROM t ORDER BY v DESC, id LIMIT 3
-- changes
DELETE FROM t WHERE id = 9;
-- refresh
