-- A set-returning function in ORDER BY multiplies rows as one in the list does.
-- mode: any
-- construct: unnest
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int[]);
INSERT INTO t VALUES (1, '{1,2}'), (2, '{}');
-- query
SELECT id FROM t ORDER BY unnest(a)
-- changes
UPDATE t SET a = a || 9;
-- refresh
