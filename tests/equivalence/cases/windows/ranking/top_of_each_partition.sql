-- row_number() <= 2 in a subquery: the first two of each group.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 3, i * 7 % 10 FROM generate_series(1, 12) i;
-- query
SELECT g, id, v FROM (SELECT g, id, v, row_number() OVER (PARTITION BY g ORDER BY v DESC, id) AS n FROM t) x WHERE n <= 2
-- changes
DELETE FROM t WHERE v > 7;
-- refresh
INSERT INTO t VALUES (20, 0, 100), (21, 5, 1);
UPDATE t SET v = NULL WHERE id = 2;
-- refresh
UPDATE t SET g = 1;
-- refresh
