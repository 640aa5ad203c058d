-- A partitioned table: rows move between partitions; a partition is written directly, and truncated.
-- tables
CREATE TABLE t (id int, region text, v int, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE t_eu PARTITION OF t FOR VALUES IN ('eu');
CREATE TABLE t_us PARTITION OF t FOR VALUES IN ('us');
CREATE TABLE t_rest PARTITION OF t DEFAULT;
CREATE TABLE names (region text PRIMARY KEY, name text);
INSERT INTO t VALUES (1, 'eu', 1), (2, 'us', 2), (3, 'xx', 3);
INSERT INTO names VALUES ('eu', 'Europe'), ('us', 'America');
-- stream rows
SELECT id, region, v FROM t
-- stream grouped
SELECT region, sum(v) AS s, max(v) AS hi FROM t GROUP BY region
-- stream joined
SELECT t.id, n.name, t.v FROM t JOIN names n USING (region)
-- changes
INSERT INTO t VALUES (4, 'eu', 4);
UPDATE t SET region = 'us' WHERE id = 1;
-- refresh
INSERT INTO t_us VALUES (5, 'us', 5);
UPDATE t_us SET v = v + 10;
DELETE FROM t_rest;
UPDATE names SET name = 'USA' WHERE region = 'us';
-- refresh
COPY t FROM STDIN (FORMAT csv);
7,eu,70
8,zz,80
\.
COPY t_rest FROM STDIN (FORMAT csv);
9,yy,90
\.
MERGE INTO t USING (VALUES (7, 'eu', 71), (10, 'us', 100)) AS n(id, region, v) ON t.id = n.id AND t.region = n.region
WHEN MATCHED THEN UPDATE SET v = n.v WHEN NOT MATCHED THEN INSERT VALUES (n.id, n.region, n.v);
INSERT INTO t VALUES (10, 'us', 1) ON CONFLICT (id, region) DO UPDATE SET v = t.v + excluded.v;
-- refresh
UPDATE t SET region = CASE region WHEN 'eu' THEN 'us' WHEN 'us' THEN 'eu' ELSE region END;
BEGIN;
DELETE FROM t WHERE v > 80;
UPDATE t_eu SET v = -1;
ROLLBACK;
-- refresh
TRUNCATE t_eu;
-- refresh => FULL
TRUNCATE t;
INSERT INTO t VALUES (1, 'eu', 1);
-- refresh => FULL
