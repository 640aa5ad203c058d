-- Row comparisons, BETWEEN SYMMETRIC, IS DISTINCT FROM rows, OVERLAPS.
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int, d date, e date);
INSERT INTO t VALUES (1, 1, 5, '2024-01-01', '2024-01-05'), (2, 3, NULL, '2024-02-01', '2024-02-02'), (3, NULL, 1, NULL, NULL);
-- query
SELECT id, (a, b) < (2, 0) AS less, b BETWEEN SYMMETRIC 9 AND 2 AS between, (a, b) IS DISTINCT FROM (3, NULL::int) AS diff, (d, e) OVERLAPS (date '2024-01-04', date '2024-01-09') AS o FROM t
-- changes
UPDATE t SET a = 2, b = 3;
-- refresh
UPDATE t SET d = '2024-01-06', e = '2024-01-07' WHERE id = 3;
DELETE FROM t WHERE id = 1;
-- refresh
