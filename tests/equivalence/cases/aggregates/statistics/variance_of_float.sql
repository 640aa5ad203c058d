-- stddev over floating point, rounded.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, f float8);
INSERT INTO t SELECT i, i % 2, i * 0.5 FROM generate_series(1, 8) i;
-- query
SELECT g, round(stddev(f)::numeric, 6) AS s, round(var_pop(f)::numeric, 6) AS v FROM t GROUP BY g
-- changes
INSERT INTO t VALUES (20, 1, 1e6);
-- refresh
DELETE FROM t WHERE id = 20;
-- refresh
UPDATE t SET f = NULL WHERE g = 0;
-- refresh
