-- Keys are expressions, one of them not in the output, one by position, and one with a cast.
-- tables
CREATE TABLE t (id int PRIMARY KEY, at timestamp, v int);
INSERT INTO t SELECT i, timestamp '2024-01-01' + i * interval '9 days', i FROM generate_series(1, 30) i;
-- query
SELECT date_trunc('month', at) AS month, v % 2 = 0 AS even, count(*) AS n, sum(v * 2 + 1) AS s, max(v) - min(v) AS span
FROM t GROUP BY 1, v % 2 = 0, extract(quarter FROM at)
-- changes
UPDATE t SET at = at + interval '1 month' WHERE id % 3 = 0;
-- refresh
UPDATE t SET v = v + 1 WHERE id > 20;
DELETE FROM t WHERE at < '2024-02-15';
-- refresh
UPDATE t SET at = NULL WHERE v % 5 = 0;
-- refresh
