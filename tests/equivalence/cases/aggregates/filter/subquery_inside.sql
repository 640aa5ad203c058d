-- Subqueries inside of aggregates (FILTER, argument, order) and of what is grouped by: nothing above the groups has one.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
CREATE TABLE u (id int PRIMARY KEY, w int);
INSERT INTO t VALUES (1, 1, 10), (2, 1, 20), (3, 2, 30), (4, NULL, 40);
INSERT INTO u VALUES (1, 10), (2, 30);
-- stream filtered
SELECT g, count(*) FILTER (WHERE EXISTS (SELECT FROM u WHERE u.w = t.v)) AS n FROM t GROUP BY g
-- stream argument
SELECT g, sum((SELECT max(w) FROM u WHERE u.id <= t.g)) AS s FROM t GROUP BY g HAVING count(*) FILTER (WHERE t.v IN (SELECT w FROM u)) < 5
-- stream grouped_by
SELECT (SELECT count(*) FROM u WHERE u.w >= t.v) AS k, count(*) AS n FROM t GROUP BY 1
-- stream mixed
SELECT g, max(v) FILTER (WHERE v IN (SELECT w FROM u)) AS hi, g IN (SELECT id FROM u) AS known FROM t GROUP BY g
-- changes
INSERT INTO u VALUES (3, 20);
UPDATE t SET g = 2 WHERE id = 1;
-- refresh
DELETE FROM u WHERE id = 1;
INSERT INTO t VALUES (5, 1, 30);
-- refresh
