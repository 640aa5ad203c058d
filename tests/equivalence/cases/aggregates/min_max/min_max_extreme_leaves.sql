-- The extreme is deleted, updated away, one of two equal extremes goes, and a new one comes.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, i int, s text, d date, n numeric);
INSERT INTO t SELECT i, i % 3, i, 's' || i, date '2024-01-01' + i, i FROM generate_series(1, 15) i;
INSERT INTO t VALUES (20, 0, 15, 's15', '2024-01-16', 15);
-- query
SELECT g, min(i) AS mini, max(i) AS maxi, min(s) AS mins, max(s) AS maxs, min(d) AS mind, max(d) AS maxd, min(n) AS minn, max(n) AS maxn
FROM t GROUP BY g
-- changes
DELETE FROM t WHERE id IN (1, 15);
-- refresh
UPDATE t SET i = 7, s = 'm', d = '2024-06-01', n = 7 WHERE i = 15;
-- refresh
DELETE FROM t WHERE id = (SELECT max(id) FROM t WHERE g = 2);
INSERT INTO t VALUES (14, 2, 14, 's14', '2024-01-15', 14), (30, 2, -1, NULL, NULL, NULL);
-- refresh
UPDATE t SET i = NULL, s = NULL, d = NULL, n = NULL WHERE g = 0;
-- refresh
UPDATE t SET i = 1 WHERE id = 3;
DELETE FROM t WHERE g = 1;
-- refresh
