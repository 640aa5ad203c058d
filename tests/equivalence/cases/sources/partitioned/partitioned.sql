-- A partitioned table: rows move between partitions; a partition is written directly.
-- mode: any
-- construct: partition
-- position: none
-- tables
CREATE TABLE t (id int, region text, v int, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE t_eu PARTITION OF t FOR VALUES IN ('eu');
CREATE TABLE t_us PARTITION OF t FOR VALUES IN ('us');
CREATE TABLE t_rest PARTITION OF t DEFAULT;
INSERT INTO t VALUES (1, 'eu', 1), (2, 'us', 2), (3, 'xx', 3);
-- stream rows
SELECT id, region, v FROM t
-- stream grouped
SELECT region, sum(v) AS s FROM t GROUP BY region
-- changes
INSERT INTO t VALUES (4, 'eu', 4);
UPDATE t SET region = 'us' WHERE id = 1;
-- refresh
INSERT INTO t_us VALUES (5, 'us', 5);
DELETE FROM t_rest;
-- refresh
TRUNCATE t_eu;
-- refresh
