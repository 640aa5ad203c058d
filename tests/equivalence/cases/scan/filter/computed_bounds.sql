-- Bounds that PostgreSQL computes from constants: rows outside of them are left out before anything is computed of them.
-- tables
CREATE TABLE t (id int PRIMARY KEY, d date, k text, n int);
INSERT INTO t SELECT i, date '2024-01-01' + i, CASE WHEN i % 4 > 0 THEN 'k' || i % 4 END, i % 5 FROM generate_series(1, 90) i;
-- stream month
SELECT id, 60 / (n - 9) AS part FROM t WHERE d >= date '2024-02-01' AND d < date '2024-02-01' + interval '1 month'
-- stream sums
SELECT k, sum(n) AS n, sum(n * 0.5) AS half, min(d) AS first FROM t
WHERE d >= date '2024-01-31' - 10 AND d < date '2024-01-31' + interval '1 month' AND k = ANY (ARRAY['k1', 'k' || '2', NULL]) GROUP BY k
-- stream none
SELECT id FROM t WHERE k <> ALL ('{k1,k2}'::text[]) AND n > 2 + 1
-- changes
UPDATE t SET d = d + 20 WHERE id % 3 = 0;
INSERT INTO t VALUES (100, '2024-02-29', 'k1', 9), (101, '2024-03-01', 'k1', 1), (102, NULL, 'k2', 2);
DELETE FROM t WHERE id = 100;
-- refresh
UPDATE t SET k = NULL WHERE id % 10 = 1;
UPDATE t SET d = '2024-02-29', n = 4 WHERE id IN (101, 102);
-- refresh
DELETE FROM t WHERE d > '2024-02-10';
UPDATE t SET n = n WHERE id < 20;
-- refresh
