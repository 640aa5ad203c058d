-- array_agg keeps NULLs and copies, in the order asked for; of no row it is NULL.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 3), (2, 1, NULL), (3, 1, 3), (4, 2, 1);
-- stream by_group
SELECT g, array_agg(v ORDER BY v NULLS FIRST, id) AS vs, array_agg(DISTINCT v ORDER BY v DESC) AS u, (array_agg(id ORDER BY v, id))[1] AS first FROM t GROUP BY g
-- stream whole
SELECT array_agg(v ORDER BY id) AS vs FROM t WHERE v > 2
-- changes
UPDATE t SET v = 5 WHERE id = 2;
-- refresh
DELETE FROM t WHERE v > 2;
-- refresh
INSERT INTO t VALUES (9, 1, 9), (8, 2, NULL);
-- refresh
