-- DISTINCT in several aggregates over different columns beside plain ones, with FILTER.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, a int, b text);
INSERT INTO t VALUES (1, 1, 1, 'x'), (2, 1, 1, 'y'), (3, 1, 2, 'y'), (4, 2, NULL, NULL);
-- query
SELECT g, count(DISTINCT a) AS a, count(DISTINCT b) AS b, sum(DISTINCT a) FILTER (WHERE b = 'y') AS f, sum(a) AS s, count(DISTINCT (a, b)) AS ab FROM t GROUP BY g
-- changes
DELETE FROM t WHERE id = 1;
-- refresh
INSERT INTO t VALUES (5, 1, 1, 'y'), (6, 2, 3, 'x');
-- refresh
UPDATE t SET a = 1, b = 'x';
-- refresh
