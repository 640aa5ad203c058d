-- LIMIT inside a subquery in FROM restricts what is joined.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
CREATE TABLE d (id int PRIMARY KEY, n text);
INSERT INTO t SELECT i, i FROM generate_series(1, 6) i;
INSERT INTO d SELECT i, 'd' || i FROM generate_series(1, 10) i;
-- query
SELECT x.id, x.v, d.n FROM (SELECT id, v FROM t ORDER BY v DESC, id LIMIT 2) x JOIN d USING (id)
-- changes
DELETE FROM t WHERE id = 6;
-- refresh
UPDATE t SET v = 100 WHERE id = 1;
DELETE FROM d WHERE id = 5;
-- refresh
INSERT INTO t VALUES (7, 200), (8, 300);
-- refresh
