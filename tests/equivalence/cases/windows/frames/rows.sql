-- ROWS frames: a moving sum, one without the current row, one that may be empty.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t SELECT i, i FROM generate_series(1, 6) i;
-- query
SELECT id, sum(v) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS around,
       sum(v) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS before,
       max(v) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING) AS after, count(*) OVER (ORDER BY id ROWS 2 PRECEDING) AS n FROM t
-- changes
DELETE FROM t WHERE id = 3;
-- refresh
INSERT INTO t VALUES (0, 100);
UPDATE t SET v = NULL WHERE id = 6;
-- refresh
DELETE FROM t WHERE id > 1;
-- refresh
