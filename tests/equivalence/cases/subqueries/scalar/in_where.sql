-- A comparison with an aggregate of the same table: rows above the average.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 5), (3, NULL);
-- query
SELECT id, v FROM t WHERE v > (SELECT avg(v) FROM t)
-- changes
INSERT INTO t VALUES (4, 100), (5, 50);
-- refresh
DELETE FROM t WHERE id = 4;
-- refresh
UPDATE t SET v = 3;
INSERT INTO t VALUES (6, 4);
-- refresh
