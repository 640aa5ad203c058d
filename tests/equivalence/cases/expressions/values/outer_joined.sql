-- A list of VALUES LEFT JOINed: every line of it stays.
-- tables
CREATE TABLE t (id int PRIMARY KEY, k int);
INSERT INTO t VALUES (1, 1), (2, 1);
-- query
SELECT v.n, count(t.id) AS c FROM (VALUES (1, 'one'), (2, 'two'), (3, NULL)) v (k, n) LEFT JOIN t ON t.k = v.k GROUP BY v.k, v.n
-- changes
INSERT INTO t VALUES (3, 3), (4, 9);
-- refresh
DELETE FROM t WHERE k = 1;
-- refresh
