-- The writer's DateStyle, TimeZone and IntervalStyle do not reach the stored values.
-- tables
CREATE TABLE t (id int PRIMARY KEY, d date, at timestamptz, ts timestamp, iv interval);
CREATE TABLE k (d date, at timestamptz);
INSERT INTO t VALUES (1, '2024-02-03', '2024-02-03 04:05:06+00', '2024-02-03 04:05:06', '1 day');
-- stream rows
SELECT id, d, at, ts, iv FROM t
-- stream bag
SELECT d, at FROM k
-- stream grouped
SELECT at, count(*) AS n FROM k GROUP BY at
-- changes
SET DateStyle = 'SQL, DMY';
SET TimeZone = 'America/New_York';
SET IntervalStyle = 'sql_standard';
INSERT INTO t VALUES (2, '03/02/2024', '03/02/2024 04:05:06', '03/02/2024 04:05:06', '1 2:03:04');
INSERT INTO k SELECT d, at FROM t;
-- refresh
SET DateStyle = 'German';
SET TimeZone = 'Asia/Kolkata';
UPDATE t SET at = at + interval '1 day', d = '05.06.2024' WHERE id = 2;
DELETE FROM k WHERE d = '03.02.2024' AND at < '2024-02-03 05:00+00';
-- refresh
