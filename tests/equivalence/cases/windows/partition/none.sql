-- Windows over the whole table, ordered and not: every row may change.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 5), (2, 1);
-- query
SELECT id, count(*) OVER () AS n, sum(v) OVER (ORDER BY v, id) AS running, max(v) OVER () - v AS gap FROM t
-- changes
INSERT INTO t VALUES (3, 3);
-- refresh
DELETE FROM t WHERE id = 1;
-- refresh
DELETE FROM t;
-- refresh
