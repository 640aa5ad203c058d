-- Stream tables without a key over one another: duplicates go through two levels.
-- tables
CREATE TABLE t (v text, n int);
INSERT INTO t VALUES ('a', 1), ('a', 1), ('a', 2), (NULL, NULL), (NULL, NULL);
-- stream low
SELECT v FROM t WHERE n IS DISTINCT FROM 3
-- stream mid
SELECT v, v || '!' AS loud FROM low
-- stream top
SELECT l.v, m.loud FROM low l JOIN mid m ON m.v = l.v
-- changes
INSERT INTO t VALUES ('a', 3), ('b', 1), ('b', 1);
-- refresh top
DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t WHERE v = 'a');
-- refresh top
UPDATE t SET v = 'b' WHERE v IS NULL;
UPDATE t SET n = 3 WHERE v = 'a';
-- refresh
