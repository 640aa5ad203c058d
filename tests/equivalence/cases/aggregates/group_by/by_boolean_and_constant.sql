-- GROUP BY a boolean expression and, in another, by a constant: no row for an empty table.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 10), (3, NULL);
-- stream by_bool
SELECT v > 5 AS big, count(*) AS n FROM t GROUP BY v > 5
-- stream by_constant
SELECT 'all'::text AS k, sum(v) AS s FROM t GROUP BY 'all'::text
-- changes
UPDATE t SET v = 6 WHERE id = 1;
-- refresh
DELETE FROM t;
-- refresh
INSERT INTO t VALUES (4, NULL);
-- refresh
