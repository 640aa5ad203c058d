-- SUM(CASE ...) with and without ELSE, the older way to write FILTER.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, kind text, v int);
INSERT INTO t VALUES (1, 1, 'a', 1), (2, 1, 'b', 2), (3, 2, NULL, 3);
-- query
SELECT g, sum(CASE WHEN kind = 'a' THEN v END) AS a, sum(CASE kind WHEN 'b' THEN v ELSE 0 END) AS b, count(CASE WHEN kind IS NULL THEN 1 END) AS n FROM t GROUP BY g
-- changes
UPDATE t SET kind = 'b' WHERE id = 1;
-- refresh
UPDATE t SET kind = 'a', v = NULL;
-- refresh
INSERT INTO t VALUES (4, 2, 'b', 4);
-- refresh
