-- DISTINCT over a window.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 1), (2, 1, 2), (3, 2, 3);
-- query
SELECT DISTINCT g, max(v) OVER (PARTITION BY g) AS m FROM t
-- changes
INSERT INTO t VALUES (4, 1, 9);
-- refresh
DELETE FROM t WHERE g = 2;
-- refresh
