-- A truncated source: the first level rebuilds, the levels above still get it right.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int);
INSERT INTO t SELECT i, i % 3 FROM generate_series(1, 9) i;
-- stream a
SELECT g, count(*) AS n FROM t GROUP BY g
-- stream b
SELECT sum(n) AS n FROM a
-- changes
TRUNCATE t;
-- refresh b => any
INSERT INTO t VALUES (1, 1), (2, 1);
-- refresh b
TRUNCATE t;
INSERT INTO t VALUES (3, 3);
-- refresh b => any
UPDATE t SET g = 4;
-- refresh b
