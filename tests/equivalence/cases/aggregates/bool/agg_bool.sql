-- bool_and, bool_or and every: NULLs, only NULLs, filters, no rows.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, ok bool, v int);
INSERT INTO t SELECT i, i % 4, CASE i % 3 WHEN 0 THEN true WHEN 1 THEN i % 4 <> 1 END, i FROM generate_series(1, 20) i;
INSERT INTO t VALUES (50, 9, NULL, 1), (51, NULL, false, 2);
-- query
SELECT g, bool_and(ok) AS a, bool_or(ok) AS o, every(v > 2) AS e, bool_or(DISTINCT v > 18) FILTER (WHERE ok) AS f FROM t GROUP BY g HAVING bool_or(ok) IS NOT FALSE
-- stream global
SELECT bool_and(ok) AS a, bool_or(v > 100) AS o, NOT every(ok) AS e FROM t
-- changes
UPDATE t SET ok = NOT ok WHERE id < 9;
-- refresh
UPDATE t SET ok = NULL WHERE g = 1;
DELETE FROM t WHERE g = 2;
-- refresh
DELETE FROM t;
-- refresh
INSERT INTO t VALUES (1, 1, NULL, 200);
-- refresh
