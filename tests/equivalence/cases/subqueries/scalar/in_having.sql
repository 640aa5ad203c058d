-- HAVING with a subquery (TPC-H 11): groups above a share of the total.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 3, i FROM generate_series(1, 9) i;
-- query
SELECT g, sum(v) AS s FROM t GROUP BY g HAVING sum(v) > (SELECT sum(v) * 0.34 FROM t)
-- changes
UPDATE t SET v = 100 WHERE id = 1;
-- refresh
DELETE FROM t WHERE id = 1;
INSERT INTO t VALUES (10, 0, NULL);
-- refresh
