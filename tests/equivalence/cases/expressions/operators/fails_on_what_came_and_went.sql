-- An expression that fails on a row which came and went between two refreshes: nobody ever saw it in a result.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, n int);
INSERT INTO t SELECT i, i % 3, i FROM generate_series(1, 9) i;
-- stream part
SELECT id, 60 / n AS part FROM t
-- stream few
SELECT id, g FROM t WHERE 60 / n > 7
-- stream sums
SELECT g, sum(60 / n) AS parts, max(60 / n) AS hi FROM t GROUP BY g
-- stream listed
SELECT g, array_agg(60 / n ORDER BY id) AS parts FROM t GROUP BY g
-- changes
INSERT INTO t VALUES (20, 1, 0);
DELETE FROM t WHERE id = 20;
UPDATE t SET n = 2 WHERE id = 5;
-- refresh
UPDATE t SET n = 0 WHERE id = 3;
UPDATE t SET n = 4 WHERE id = 3;
-- refresh
INSERT INTO t VALUES (21, 7, 0);
DELETE FROM t WHERE id = 21;
DELETE FROM t WHERE id = 1;
-- refresh
