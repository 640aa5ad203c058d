-- Arrays of composites and domains over arrays.
-- tables
CREATE TYPE item AS (name text, n int);
CREATE DOMAIN small_list AS int[] CHECK (cardinality(VALUE) < 5);
CREATE TABLE t (id int PRIMARY KEY, items item[], l small_list);
INSERT INTO t VALUES (1, '{"(a,1)","(b,2)"}', '{1,2}'), (2, NULL, NULL);
-- query
SELECT id, items, items[1] AS first, (items[1]).name AS name, l, l[2] AS second FROM t
-- changes
UPDATE t SET items = array_append(items, ('c', 3)::item), l = '{9}';
-- refresh
UPDATE t SET items[1].n = 100 WHERE id = 1;
-- refresh
