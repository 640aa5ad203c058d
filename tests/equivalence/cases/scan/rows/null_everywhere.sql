-- Every column NULL at some time; equal rows of NULLs; keyed and keyless.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b text);
CREATE TABLE u (a int, b text);
INSERT INTO t VALUES (1, NULL, NULL), (2, NULL, NULL), (3, 3, NULL);
INSERT INTO u VALUES (NULL, NULL), (NULL, NULL), (3, NULL);
-- stream s1
SELECT a, b FROM t
-- stream s2
SELECT a, b, a IS NULL AS n FROM u
-- stream s3
SELECT t.a, u.b FROM t JOIN u ON t.a IS NOT DISTINCT FROM u.a
-- changes
UPDATE t SET a = NULL, b = '' WHERE id = 3;
UPDATE u SET a = NULL;
-- refresh
UPDATE t SET b = NULL;
INSERT INTO u VALUES (NULL, NULL);
-- refresh
DELETE FROM t WHERE id = 1;
DELETE FROM u WHERE ctid IN (SELECT ctid FROM u LIMIT 1);
UPDATE u SET b = 'set' WHERE ctid IN (SELECT ctid FROM u LIMIT 1);
-- refresh
