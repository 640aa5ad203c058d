-- Expressions over several aggregates and keys, with a division that may be by zero.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, won int, lost int);
INSERT INTO t SELECT i, i % 3, i % 5, i % 2 FROM generate_series(1, 15) i;
-- query
SELECT g * 10 + count(*) AS x, round(sum(won)::numeric / NULLIF(sum(lost), 0), 3) AS ratio,
       CASE WHEN max(won) > 3 THEN 'high' ELSE 'low' END AS level, coalesce(sum(won) FILTER (WHERE lost = 0), 0)::int AS clean
FROM t GROUP BY g
-- changes
UPDATE t SET lost = 0 WHERE g = 1;
-- refresh
UPDATE t SET won = 0;
INSERT INTO t VALUES (30, 7, 9, 3);
-- refresh
DELETE FROM t WHERE g = 0;
-- refresh
