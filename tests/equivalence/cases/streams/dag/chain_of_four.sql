-- Four stream tables, each over the one before; only the last is asked to refresh, and takes the others along.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 5, i FROM generate_series(1, 25) i;
-- stream a
SELECT id, g, v FROM t WHERE v > 2
-- stream b
SELECT g, count(*) AS n, sum(v) AS s FROM a GROUP BY g
-- stream c
SELECT g, s * 2 AS s2 FROM b WHERE n > 1
-- stream d
SELECT count(*) AS groups, sum(s2) AS total, max(s2) AS hi FROM c
-- changes
UPDATE t SET v = v + 10 WHERE g = 1;
-- refresh d
DELETE FROM t WHERE g = 2;
UPDATE t SET g = 9 WHERE id = 25;
-- refresh d
UPDATE t SET v = 0 WHERE id % 2 = 0;
-- refresh b
INSERT INTO t VALUES (30, 9, 30);
-- refresh d
DELETE FROM t;
-- refresh d
