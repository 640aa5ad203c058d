-- UNION ALL nested in UNION ALL, one table in three branches, in a filter and a join above it.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
INSERT INTO t SELECT i, i % 3, i % 2 FROM generate_series(1, 9) i;
-- query
SELECT x.src, x.v, t.b FROM (SELECT 'a' AS src, a AS v FROM t UNION ALL (SELECT 'b', b FROM t WHERE b > 0 UNION ALL SELECT 'id', id FROM t)) x
JOIN t ON t.id = x.v WHERE x.v <> 2
-- changes
UPDATE t SET a = a + 1;
-- refresh
UPDATE t SET id = id + 1 WHERE id = 9;
DELETE FROM t WHERE id = 1;
-- refresh
UPDATE t SET b = NULL WHERE id = 3;
INSERT INTO t VALUES (1, 1, 1);
-- refresh
