-- Ranges and multiranges as values, filters, group keys and join conditions.
-- tables
CREATE TABLE t (id int PRIMARY KEY, r int4range, m int4multirange);
INSERT INTO t VALUES (1, '[1,5)', '{[1,2),[4,6)}'), (2, 'empty', '{}'), (3, NULL, NULL);
-- stream rows
SELECT id, r * '[2,9)'::int4range AS cut, m + '{[2,4)}'::int4multirange AS plus, upper(m) AS hi FROM t WHERE r @> 2 OR isempty(m)
-- stream grouped
SELECT m, count(*) AS n FROM t GROUP BY m
-- stream pairs
SELECT a.id AS a, b.id AS b FROM t a JOIN t b ON a.r && b.r AND a.id < b.id
-- changes
UPDATE t SET r = '[2,3]', m = '{[1,6)}' WHERE id = 3;
-- refresh
UPDATE t SET r = '[0,100)', m = '{[1,3),[3,6)}' WHERE id = 2;
-- refresh
DELETE FROM t WHERE id = 1;
-- refresh
