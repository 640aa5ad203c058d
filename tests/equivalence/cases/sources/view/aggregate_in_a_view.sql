-- A view that aggregates, joined with its own table.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 2, i FROM generate_series(1, 4) i;
CREATE VIEW sums AS SELECT g, sum(v) AS s FROM t GROUP BY g;
-- query
SELECT t.id, t.v, sums.s FROM t JOIN sums USING (g)
-- changes
UPDATE t SET v = 10 WHERE id = 1;
-- refresh
INSERT INTO t VALUES (5, 2, 5);
DELETE FROM t WHERE id = 2;
-- refresh
