-- No table in FROM, a column called x, and a scalar subquery.
-- tables
CREATE TABLE t (id int PRIMARY KEY);
-- query
SELECT 1 AS one, 'x'::text AS x, (SELECT count(*) FROM t) AS n
-- changes
INSERT INTO t VALUES (1);
-- refresh
