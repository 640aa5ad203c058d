-- NOT, OR and IS DISTINCT FROM over NULLs.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b bool);
INSERT INTO t VALUES (1, 1, true), (2, NULL, false), (3, 3, NULL), (4, NULL, NULL), (5, 5, false);
-- query
SELECT id, a, b FROM t WHERE NOT (a > 2 AND b) OR a IS DISTINCT FROM 3 AND b IS NOT TRUE
-- changes
UPDATE t SET a = NULL WHERE id IN (1, 3);
-- refresh
UPDATE t SET b = NULL;
-- refresh
UPDATE t SET a = 4, b = true WHERE id > 2;
-- refresh
UPDATE t SET b = NOT b, a = a - 2;
-- refresh
