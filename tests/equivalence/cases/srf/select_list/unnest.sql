-- mode: any
-- construct: unnest|set-returning|set returning
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int[]);
INSERT INTO t VALUES (1, '{1,2}'), (2, '{}');
-- query
SELECT id, unnest(a) AS x FROM t
-- changes
UPDATE t SET a = a || 9;
-- refresh
