-- A table without a key, with equal rows: one of several copies goes, others stay.
-- tables
CREATE TABLE t (a int, b text);
INSERT INTO t VALUES (1, 'x'), (1, 'x'), (1, 'x'), (2, NULL), (2, NULL), (NULL, NULL);
-- query
SELECT a, b FROM t
-- changes
DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t WHERE a = 1);
-- refresh
INSERT INTO t VALUES (1, 'x'), (NULL, NULL), (NULL, NULL);
-- refresh
DELETE FROM t WHERE a IS NULL AND ctid = (SELECT min(ctid) FROM t WHERE a IS NULL);
UPDATE t SET b = 'y' WHERE ctid = (SELECT max(ctid) FROM t WHERE a = 2);
-- refresh
UPDATE t SET a = 1, b = 'x';
-- refresh
DELETE FROM t;
-- refresh
