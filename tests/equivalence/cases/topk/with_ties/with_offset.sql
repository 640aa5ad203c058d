-- WITH TIES behind an OFFSET.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2), (3, 2), (4, 3), (5, 3);
-- query
SELECT v, count(*) AS n FROM (SELECT v FROM t ORDER BY v OFFSET 1 ROWS FETCH NEXT 3 ROWS WITH TIES) x GROUP BY v
-- changes
INSERT INTO t VALUES (6, 2);
-- refresh
DELETE FROM t WHERE id IN (1, 2);
-- refresh
