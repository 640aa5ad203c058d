-- The last 30 days, grouped: a row leaves by time alone.
-- construct: now|STABLE
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, at timestamptz);
INSERT INTO t VALUES (1, 1, '9999-01-01 00:00+00'), (2, 1, '2000-01-01 00:00+00');
-- query
SELECT g, count(*) AS n FROM t WHERE at > now() - interval '30 days' GROUP BY g
-- changes
UPDATE t SET at = '9998-01-01 00:00+00';
-- refresh
DELETE FROM t WHERE id = 1;
INSERT INTO t VALUES (3, 2, '9999-01-01 00:00+00');
-- refresh
