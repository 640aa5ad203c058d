-- GROUP BY over a window: the number of runs (gaps and islands).
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int);
INSERT INTO t VALUES (1, 1), (2, 1), (4, 1), (5, 1), (9, 2);
-- query
SELECT g, min(id) AS first, max(id) AS last, count(*) AS n FROM (SELECT g, id, id - row_number() OVER (PARTITION BY g ORDER BY id) AS run FROM t) x GROUP BY g, run
-- changes
INSERT INTO t VALUES (3, 1), (10, 2), (12, 2);
-- refresh
DELETE FROM t WHERE id IN (4, 9);
-- refresh
