-- json has no equality: copied, joined beside, extracted, and grouped by an extraction.
-- tables
CREATE TABLE t (id int PRIMARY KEY, j json);
CREATE TABLE bag (j json, x int);
INSERT INTO t VALUES (1, '{"a": 1}'), (2, '{"a":1}'), (3, NULL);
INSERT INTO bag VALUES ('[1]', 1), ('[1]', 1), ('[1 ]', 1);
-- stream rows
SELECT id, j, j -> 'a' AS a FROM t
-- stream copies
SELECT j, x FROM bag
-- stream grouped
SELECT j ->> 'a' AS a, count(*) AS n FROM t GROUP BY j ->> 'a'
-- changes
UPDATE t SET j = '{"a" : 2}' WHERE id = 2;
DELETE FROM bag WHERE ctid = (SELECT min(ctid) FROM bag);
-- refresh
UPDATE t SET j = '{ "a" : 2}' WHERE id = 2;
INSERT INTO bag VALUES ('[1 ]', 1), (NULL, NULL);
-- refresh
DELETE FROM t WHERE id = 1;
UPDATE bag SET x = 2;
-- refresh
