-- Where types tell which scales the values of a sum can have, nothing is read again for it: the sum has the larger of two while one value has it.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, p numeric(12,2), r numeric(4,2), k int, v numeric(6,3));
INSERT INTO t VALUES (1, 1, 10.00, 0.10, 0, 1.500), (2, 1, 20.50, 0.00, 1, 2.125), (3, 2, 5, 0.5, 0, NULL), (4, 2, 7, 0.25, 0, NULL), (5, 3, NULL, 0, 1, 1), (6, 4, 'NaN', 0, 1, 0);
-- query
SELECT g, sum(p * (1 - r)) AS one, sum(CASE WHEN k > 0 THEN p * (1 - r) ELSE 0 END) AS two, avg(CASE k WHEN 1 THEN p WHEN 2 THEN NULL ELSE 1.5 END) AS mean, sum(COALESCE(v, -0.5, p)) FILTER (WHERE k < 3) AS some, sum(GREATEST(p, v)) AS greatest, sum(-p + 1) AS minus, sum(round(p / 3, 4)) AS rounded, sum(k::numeric * v) AS whole, sum(v / 4) AS unknown FROM t GROUP BY g
-- changes
UPDATE t SET k = 0 WHERE id = 2;
UPDATE t SET k = 1 WHERE id = 3;
UPDATE t SET p = 1 WHERE id = 5;
-- refresh
UPDATE t SET p = 3 WHERE id = 6;
UPDATE t SET k = 2 WHERE id IN (1, 2);
DELETE FROM t WHERE id = 3;
-- refresh
UPDATE t SET p = 'NaN' WHERE id = 1;
INSERT INTO t VALUES (7, 1, 1, 1, 1, NULL), (8, 3, 2, 2, 3, 3);
-- refresh
DELETE FROM t WHERE id IN (1, 8);
UPDATE t SET v = NULL, k = 1 WHERE g = 1;
-- refresh
UPDATE t SET k = 0, p = NULL;
-- refresh
UPDATE t SET k = 1, p = 0, v = 0 WHERE id % 2 = 0;
-- refresh
