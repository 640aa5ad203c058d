-- A UNIQUE constraint over a nullable column does not identify rows.
-- tables
CREATE TABLE t (k int UNIQUE, a text);
INSERT INTO t VALUES (1, 'a'), (NULL, 'b'), (NULL, 'b'), (NULL, NULL);
-- query
SELECT k, a FROM t
-- changes
INSERT INTO t VALUES (NULL, 'b'), (2, 'c');
-- refresh
UPDATE t SET a = 'x' WHERE k IS NULL AND a IS NULL;
UPDATE t SET k = NULL WHERE k = 1;
-- refresh
DELETE FROM t WHERE ctid IN (SELECT ctid FROM t WHERE a = 'b' LIMIT 2);
-- refresh
