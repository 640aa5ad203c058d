-- A cast of timestamptz to text reads TimeZone and DateStyle: not the same in every session.
-- construct: STABLE|timestamp|text
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, at timestamptz);
INSERT INTO t VALUES (1, '2000-01-01 00:00+00');
-- query
SELECT id, length(at::text) > 5 AS long FROM t
-- changes
INSERT INTO t VALUES (2, '2001-01-01 00:00+00');
-- refresh
