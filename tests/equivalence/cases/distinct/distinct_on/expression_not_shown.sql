-- DISTINCT ON an expression that is not in the output, with NULLS FIRST.
-- tables
CREATE TABLE t (id int PRIMARY KEY, s text, v int);
INSERT INTO t VALUES (1, 'Ab', 2), (2, 'aB', NULL), (3, 'c', 3);
-- query
SELECT DISTINCT ON (lower(s)) id, v FROM t ORDER BY lower(s), v NULLS FIRST, id
-- changes
UPDATE t SET v = 1 WHERE id = 2;
-- refresh
UPDATE t SET v = 0 WHERE id = 1;
INSERT INTO t VALUES (4, 'C', 1);
-- refresh
DELETE FROM t WHERE id IN (1, 2);
-- refresh
