-- CTEs that read each other, one not used at all.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);
-- query
WITH a AS (SELECT id, v * 2 AS v FROM t WHERE v > 1), unused AS (SELECT count(*) FROM a), b AS (SELECT a.id, a.v + 1 AS v FROM a), c AS (SELECT b.v, a.v AS av FROM b JOIN a USING (id))
SELECT v, av FROM c UNION ALL SELECT v, NULL FROM b
-- changes
UPDATE t SET v = v - 1;
-- refresh
INSERT INTO t VALUES (4, 10);
DELETE FROM t WHERE id = 3;
-- refresh
