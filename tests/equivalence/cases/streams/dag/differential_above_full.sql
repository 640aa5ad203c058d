-- A stream table that can be differential over one that can only be FULL.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int);
INSERT INTO t SELECT i, i % 4 FROM generate_series(1, 8) i;
-- stream keys
SELECT DISTINCT g FROM t
-- stream counted
SELECT count(*) AS n, max(g) AS hi FROM keys
-- changes
UPDATE t SET g = 9 WHERE id = 1;
-- refresh counted
DELETE FROM t WHERE g = 3;
-- refresh counted
UPDATE t SET g = 0;
-- refresh
