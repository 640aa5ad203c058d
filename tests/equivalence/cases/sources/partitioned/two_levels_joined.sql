-- A table partitioned twice, joined with a plain one; rows move between the leaves.
-- tables
CREATE TABLE t (id int, a int, b int, PRIMARY KEY (id, a, b)) PARTITION BY LIST (a);
CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1) PARTITION BY HASH (b);
CREATE TABLE t1x PARTITION OF t1 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE t1y PARTITION OF t1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE t2 PARTITION OF t DEFAULT;
CREATE TABLE d (b int PRIMARY KEY, n text);
INSERT INTO d SELECT i, 'd' || i FROM generate_series(1, 5) i;
INSERT INTO t SELECT i, i % 2, i FROM generate_series(1, 5) i;
-- query
SELECT t.id, t.a, d.n FROM t JOIN d USING (b)
-- changes
UPDATE t SET a = 1 - a;
-- refresh
UPDATE t SET b = 6 - b WHERE a = 1;
DELETE FROM t2;
-- refresh
INSERT INTO t1y SELECT 100, 1, b FROM t1y LIMIT 1;
TRUNCATE t1x;
-- refresh => any
