-- date_trunc on timestamp, EXTRACT, date arithmetic, age between columns.
-- tables
CREATE TABLE t (id int PRIMARY KEY, at timestamp(3), d date);
INSERT INTO t VALUES (1, '2024-02-29 23:59:59.999', '2024-02-29'), (2, '2024-03-01', NULL), (3, NULL, '1999-12-31');
-- query
SELECT id, date_trunc('month', at) AS month, extract(dow FROM at) AS dow, d + 1 AS tomorrow,
       at - interval '1 month' AS before, d - date '2000-01-01' AS days, age(at, d) AS age, at::date AS day
FROM t
-- changes
UPDATE t SET at = at + interval '1 millisecond';
-- refresh
UPDATE t SET d = '4000-02-29' WHERE id = 2;
UPDATE t SET at = '0001-01-01 BC' WHERE id = 3;
-- refresh
