-- timestamptz in images and as keys, timetz, infinity, and AT TIME ZONE by name.
-- tables
CREATE TABLE t (id int PRIMARY KEY, at timestamptz, tz timetz, d date);
INSERT INTO t VALUES (1, '2024-03-31 01:30+00', '12:00+02', 'infinity'), (2, 'infinity', NULL, '2024-01-01'), (3, '-infinity', '10:00+00', NULL);
-- stream rows
SELECT id, at, tz, d, at AT TIME ZONE 'Europe/Berlin' AS berlin FROM t
-- stream grouped
SELECT at, count(*) AS n, max(d) AS d FROM t GROUP BY at
-- changes
UPDATE t SET at = at + interval '1 hour' WHERE id = 1;
-- refresh
UPDATE t SET at = '2024-10-27 00:30+00', d = '-infinity';
-- refresh
