-- bool_and, bool_or, every: NULLs do not count, a group of NULLs is NULL.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, b bool);
INSERT INTO t VALUES (1, 1, true), (2, 1, false), (3, 2, NULL), (4, 2, true);
-- query
SELECT g, bool_and(b) AS a, bool_or(b) AS o, every(b) AS e, bool_or(b) FILTER (WHERE id > 1) AS f FROM t GROUP BY g
-- changes
DELETE FROM t WHERE id = 2;
-- refresh
UPDATE t SET b = NOT b;
-- refresh
UPDATE t SET b = NULL WHERE g = 2;
INSERT INTO t VALUES (5, 1, true);
-- refresh
