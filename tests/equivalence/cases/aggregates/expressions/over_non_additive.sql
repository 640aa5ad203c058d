-- Expressions over aggregates of all kinds, and a key inside an expression.
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t SELECT i, i % 3, i FROM generate_series(1, 9) i;
-- query
SELECT 'g' || g AS label, cardinality(array_agg(v)) + 1 AS n, coalesce(string_agg(v::text, '' ORDER BY v), '-') || '!' AS s,
       sum(v) * 100 / nullif(count(DISTINCT v), 0) AS r FROM t GROUP BY g
-- changes
DELETE FROM t WHERE g = 1 AND v > 3;
-- refresh
UPDATE t SET v = 3, g = 0;
-- refresh
