-- LIMIT with OFFSET, OFFSET alone, LIMIT ALL.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t SELECT i, i FROM generate_series(1, 6) i;
-- stream page
SELECT id, v FROM t ORDER BY v, id LIMIT 2 OFFSET 2
-- stream rest
SELECT id, v FROM t ORDER BY v, id OFFSET 3
-- stream every
SELECT id, v FROM t ORDER BY v LIMIT ALL
-- changes
DELETE FROM t WHERE id = 1;
-- refresh
INSERT INTO t VALUES (0, 0), (-1, 0), (-2, 0);
-- refresh
DELETE FROM t WHERE v > 2;
-- refresh
