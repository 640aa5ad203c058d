-- range_agg merges, range_intersect_agg cuts.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, r int4range);
INSERT INTO t VALUES (1, 1, '[1,5)'), (2, 1, '[3,9)'), (3, 2, NULL), (4, 2, 'empty');
-- query
SELECT g, range_agg(r) AS u, range_intersect_agg(r) AS i FROM t GROUP BY g
-- changes
INSERT INTO t VALUES (5, 1, '[20,30)'), (6, 2, '[1,2)');
-- refresh
DELETE FROM t WHERE id IN (2, 4);
-- refresh
