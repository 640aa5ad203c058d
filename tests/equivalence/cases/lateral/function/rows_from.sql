-- ROWS FROM pads the shorter function with NULLs.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int[], n int);
INSERT INTO t VALUES (1, '{5,6,7}', 1), (2, '{8}', 2);
-- query
SELECT t.id, r.x, r.y, r.o FROM t, ROWS FROM (unnest(t.a), generate_series(1, t.n)) WITH ORDINALITY r (x, y, o)
-- changes
UPDATE t SET n = 4 WHERE id = 1;
-- refresh
UPDATE t SET a = NULL;
-- refresh
