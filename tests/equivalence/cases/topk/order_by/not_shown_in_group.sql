-- ORDER BY an aggregate that is not shown, and by position.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 5), (2, 2, 7);
-- query
SELECT g, count(*) AS n FROM t GROUP BY g ORDER BY max(v), 2, 1
-- changes
INSERT INTO t VALUES (3, 1, 9);
-- refresh
DELETE FROM t WHERE g = 2;
-- refresh
