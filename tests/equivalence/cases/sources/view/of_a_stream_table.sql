-- A view over a stream table is a source like any view.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 2, i FROM generate_series(1, 4) i;
-- stream sums
SELECT g, sum(v) AS s FROM t GROUP BY g
-- stream above
WITH v AS (SELECT g, s * 2 AS s2 FROM sums) SELECT count(*) AS n, max(s2) AS m FROM v
-- changes
UPDATE t SET v = 50 WHERE id = 3;
-- refresh
INSERT INTO t VALUES (9, 9, 1);
-- refresh above
