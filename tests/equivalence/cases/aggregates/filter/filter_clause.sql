-- FILTER on every kind of aggregate, one that is never true for a group.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int, ok bool);
INSERT INTO t SELECT i, i % 3, i, i % 4 = 0 FROM generate_series(1, 12) i;
-- query
SELECT g, count(*) FILTER (WHERE ok) AS n, sum(v) FILTER (WHERE ok) AS s, avg(v) FILTER (WHERE v > 6) AS a,
       min(v) FILTER (WHERE NOT ok) AS lo, max(v) FILTER (WHERE ok) AS hi, count(*) AS c FROM t GROUP BY g
-- changes
UPDATE t SET ok = NOT ok WHERE id <= 4;
-- refresh
UPDATE t SET ok = NULL WHERE g = 1;
DELETE FROM t WHERE id IN (2, 12);
-- refresh
INSERT INTO t VALUES (20, 5, 1, false), (21, 1, 100, true);
-- refresh
