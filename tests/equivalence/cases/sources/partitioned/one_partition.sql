-- A partition read by its own name: what names the root changes it, and does not fire its triggers.
-- mode: full-only
-- construct: "t_1".*partition
-- tables
CREATE TABLE t (id int, k int) PARTITION BY LIST (k);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2);
INSERT INTO t VALUES (1, 1), (2, 2);
-- query
SELECT id, k FROM t_1
-- changes
INSERT INTO t VALUES (3, 1), (4, 2);
-- refresh
UPDATE t SET k = 3 - k;
-- refresh
