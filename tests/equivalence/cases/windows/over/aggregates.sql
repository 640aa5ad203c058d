-- Windows over the result of GROUP BY: rank of sums, share of the total.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 4, i FROM generate_series(1, 8) i;
-- query
SELECT g, sum(v) AS s, rank() OVER (ORDER BY sum(v) DESC) AS r, sum(sum(v)) OVER () AS total FROM t GROUP BY g
-- changes
INSERT INTO t VALUES (20, 1, 50);
-- refresh
DELETE FROM t WHERE g = 0;
UPDATE t SET v = NULL WHERE g = 3;
-- refresh
