-- Equal but not identical: '1 month' and '30 days', 24:00 and 00:00, times with zones.
-- compare: equality
-- tables
CREATE TABLE t (id int PRIMARY KEY, iv interval, tm time, tz timetz, d date);
INSERT INTO t VALUES (1, '1 month', '24:00', '12:00+02', '2024-01-01'), (2, '30 days', '00:00', '10:00+00', 'infinity');
-- stream rows
SELECT id, iv, tm, tz, d FROM t
-- stream grouped
SELECT iv, count(*) AS n FROM t GROUP BY iv
-- changes
UPDATE t SET iv = '29 days 24:00:00' WHERE id = 2;
INSERT INTO t VALUES (3, '720 hours', '12:00', NULL, '-infinity');
-- refresh
DELETE FROM t WHERE id = 1;
UPDATE t SET tz = '12:00+00';
-- refresh
