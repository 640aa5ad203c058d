-- A partition is attached, filled, detached and dropped; what it held comes and goes with it.
-- tables
CREATE TABLE t (id int, k int, v int) PARTITION BY RANGE (k);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10);
INSERT INTO t VALUES (1, 1, 1), (2, 2, 2);
-- stream rows
SELECT id, k, v FROM t
-- stream grouped
SELECT k / 10 AS p, count(*) AS n, sum(v) AS s FROM t GROUP BY k / 10
-- changes
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (20);
INSERT INTO t VALUES (3, 11, 3);
INSERT INTO t_2 VALUES (4, 12, 4);
-- refresh => any
ALTER TABLE t DETACH PARTITION t_1;
-- refresh => any
CREATE TABLE late (id int, k int, v int);
INSERT INTO late VALUES (9, 25, 9);
ALTER TABLE t ATTACH PARTITION late FOR VALUES FROM (20) TO (30);
UPDATE late SET v = 10;
-- refresh => any
DROP TABLE t_2;
-- refresh => any
INSERT INTO t VALUES (5, 21, 5);
-- refresh => any
