-- FILTER on aggregates that are not additive, with a subquery-free condition over NULLs.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int, ok bool);
INSERT INTO t VALUES (1, 1, 1, true), (2, 1, 2, false), (3, 1, 3, NULL), (4, 2, 4, false);
-- query
SELECT g, array_agg(v ORDER BY id) FILTER (WHERE ok) AS a, string_agg(v::text, ',' ORDER BY id) FILTER (WHERE NOT ok) AS s,
       count(DISTINCT v) FILTER (WHERE ok IS NULL) AS n, bool_or(v > 2) FILTER (WHERE ok IS NOT TRUE) AS b FROM t GROUP BY g
-- changes
UPDATE t SET ok = NOT ok;
-- refresh
UPDATE t SET ok = NULL WHERE id < 3;
-- refresh
INSERT INTO t VALUES (5, 2, 5, true);
DELETE FROM t WHERE g = 1 AND id < 3;
-- refresh
