-- RANGE frames by value: integers, and dates with an interval; NULLs are peers.
-- tables
CREATE TABLE t (id int PRIMARY KEY, k int, d date, v int);
INSERT INTO t VALUES (1, 10, '2024-01-01', 1), (2, 12, '2024-01-03', 2), (3, 20, '2024-01-31', 3), (4, NULL, NULL, 4);
-- query
SELECT id, sum(v) OVER (ORDER BY k RANGE BETWEEN 2 PRECEDING AND 2 FOLLOWING) AS near,
       count(*) OVER (ORDER BY d RANGE BETWEEN '7 days' PRECEDING AND CURRENT ROW) AS week FROM t
-- changes
INSERT INTO t VALUES (5, 11, '2024-01-30', 5), (6, NULL, NULL, 6);
-- refresh
UPDATE t SET k = 22 WHERE id = 1;
UPDATE t SET d = '2024-01-02' WHERE id = 3;
-- refresh
