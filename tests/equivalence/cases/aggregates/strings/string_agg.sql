-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, s text);
INSERT INTO t VALUES (1, 1, 'b'), (2, 1, 'a');
-- query
SELECT g, string_agg(s, ',' ORDER BY s) AS s FROM t GROUP BY g
-- changes
INSERT INTO t VALUES (3, 1, 'aa'), (4, 2, NULL);
-- refresh
