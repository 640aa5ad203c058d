-- Equal rows of a keyless table in one partition.
-- tables
CREATE TABLE t (g int, v int);
INSERT INTO t VALUES (1, 1), (1, 1), (2, 2), (NULL, NULL);
-- query
SELECT g, v, sum(v) OVER (PARTITION BY g) AS s, count(*) OVER (PARTITION BY g) AS n FROM t
-- changes
INSERT INTO t VALUES (1, 1), (2, NULL);
-- refresh
DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t WHERE g = 1);
INSERT INTO t VALUES (NULL, NULL);
-- refresh
DELETE FROM t WHERE g = 1;
-- refresh
