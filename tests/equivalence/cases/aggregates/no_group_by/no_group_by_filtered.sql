-- Without GROUP BY, with WHERE and HAVING: the one row itself comes and goes.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2);
-- query
SELECT count(*) AS n, sum(v) AS s FROM t WHERE v > 0 HAVING count(*) > 2 OR sum(v) IS NULL
-- changes
INSERT INTO t VALUES (3, 3), (4, -4);
-- refresh
UPDATE t SET v = -v;
-- refresh
DELETE FROM t;
-- refresh
