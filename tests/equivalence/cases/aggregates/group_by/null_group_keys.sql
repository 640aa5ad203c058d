-- NULL is a group; it vanishes and comes back; with two keys each combination is its own.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b text, v int);
INSERT INTO t VALUES (1, NULL, NULL, 1), (2, NULL, 'x', 2), (3, 1, NULL, 3), (4, NULL, NULL, 4);
-- stream one_key
SELECT a, count(*) AS n, sum(v) AS s FROM t GROUP BY a
-- stream two_keys
SELECT a, b, count(*) AS n, max(v) AS m FROM t GROUP BY a, b
-- changes
UPDATE t SET a = 1 WHERE a IS NULL;
-- refresh
UPDATE t SET a = NULL, b = NULL WHERE id IN (2, 3);
-- refresh
DELETE FROM t WHERE a IS NULL;
INSERT INTO t VALUES (5, NULL, NULL, NULL), (6, 1, 'x', NULL);
-- refresh
