-- array_agg over arrays gives an array of one more dimension.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, a int[]);
INSERT INTO t VALUES (1, 1, '{1,2}'), (2, 1, '{3,NULL}'), (3, 2, '{5}');
-- query
SELECT g, array_agg(a ORDER BY id) AS aa FROM t GROUP BY g
-- changes
INSERT INTO t VALUES (4, 2, '{6}');
-- refresh
UPDATE t SET a = '{9,9}' WHERE id = 1;
DELETE FROM t WHERE g = 2;
-- refresh
