-- DISTINCT over expressions with an ORDER BY that changes nothing in a set.
-- tables
CREATE TABLE t (id int PRIMARY KEY, s text, v int);
INSERT INTO t VALUES (1, 'A', 1), (2, 'a', 11), (3, NULL, 21);
-- query
SELECT DISTINCT lower(s) AS s, v % 10 AS last FROM t ORDER BY 1, 2
-- changes
DELETE FROM t WHERE id = 1;
-- refresh
UPDATE t SET v = 5 WHERE id = 2;
INSERT INTO t VALUES (4, NULL, 31);
-- refresh
DELETE FROM t WHERE s IS NULL;
-- refresh
