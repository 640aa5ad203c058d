-- SELECT DISTINCT over columns with NULLs; the last copy leaving takes the row.
-- tables
CREATE TABLE t (a int, b text);
INSERT INTO t VALUES (1, 'x'), (1, 'x'), (NULL, NULL), (NULL, NULL), (1, NULL);
-- query
SELECT DISTINCT a, b FROM t
-- changes
DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t WHERE a = 1 AND b = 'x');
INSERT INTO t VALUES (2, 'y'), (2, 'y');
-- refresh
DELETE FROM t WHERE a IS NULL OR b = 'x';
-- refresh
UPDATE t SET b = NULL;
-- refresh
