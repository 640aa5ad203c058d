-- 0 and -0 of float8 are one group.
-- compare: equality
-- tables
CREATE TABLE t (id int PRIMARY KEY, k float8, v int);
INSERT INTO t VALUES (1, 0.0, 1), (2, -0.0, 2), (3, 'NaN', 3);
-- query
SELECT k, count(*) AS n, sum(v) AS s FROM t GROUP BY k
-- changes
INSERT INTO t VALUES (4, '-0', 4), (5, 'NaN', 5);
-- refresh
DELETE FROM t WHERE id IN (1, 3);
-- refresh
DELETE FROM t WHERE id IN (2, 4);
INSERT INTO t VALUES (6, 1e-300, 6);
-- refresh
