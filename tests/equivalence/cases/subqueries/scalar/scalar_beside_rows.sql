-- A scalar subquery beside the rows of a table: every row shows it.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
CREATE TABLE u (id int PRIMARY KEY, w int);
INSERT INTO t SELECT i, i FROM generate_series(1, 6) i;
INSERT INTO u VALUES (1, 10);
-- query
SELECT id, v, v * 100.0 / (SELECT sum(v) FROM t) AS share, (SELECT max(w) FROM u) AS top FROM t WHERE v > 1
-- changes
UPDATE t SET v = 14 WHERE id = 6;
-- refresh => any
INSERT INTO u VALUES (2, 20);
DELETE FROM t WHERE id = 2;
-- refresh => any
DELETE FROM u;
-- refresh => any
