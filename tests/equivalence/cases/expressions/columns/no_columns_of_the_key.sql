-- The key is not among the output: equal output rows come from different source rows.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t VALUES (1, 1), (2, 1), (3, 2), (4, NULL);
-- query
SELECT a % 2 AS odd, 'const' AS c FROM t
-- changes
UPDATE t SET a = a + 2;
INSERT INTO t VALUES (5, 5), (6, NULL);
-- refresh
DELETE FROM t WHERE id IN (1, 4);
-- refresh
UPDATE t SET a = a + 1 WHERE id = 2;
-- refresh
