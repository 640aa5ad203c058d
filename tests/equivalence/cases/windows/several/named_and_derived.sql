-- A named window, one built on it, and one that orders the other way.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 3), (2, 1, 1), (3, 2, 2);
-- query
SELECT id, sum(v) OVER w AS total, sum(v) OVER (w ORDER BY v, id) AS up, sum(v) OVER (w ORDER BY v DESC, id DESC) AS down
FROM t WINDOW w AS (PARTITION BY g)
-- changes
INSERT INTO t VALUES (4, 1, 2), (5, 2, NULL);
-- refresh
UPDATE t SET g = 1;
-- refresh
