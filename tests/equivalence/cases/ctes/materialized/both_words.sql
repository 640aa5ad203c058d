-- MATERIALIZED and NOT MATERIALIZED say how, not what.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 2, i FROM generate_series(1, 6) i;
-- query
WITH m AS MATERIALIZED (SELECT g, count(*) AS n FROM t GROUP BY g), n AS NOT MATERIALIZED (SELECT id, g, v FROM t WHERE v > 2)
SELECT n.id, m.n FROM n JOIN m USING (g) WHERE m.n > 1
-- changes
DELETE FROM t WHERE id IN (2, 4);
-- refresh
INSERT INTO t VALUES (10, 0, 10), (11, 0, 1);
-- refresh
