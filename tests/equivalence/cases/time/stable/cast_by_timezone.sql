-- timestamptz to text depends on the session's TimeZone and DateStyle.
-- mode: any
-- construct: stable|volatile|immutable|text|timestamp
-- position: none
-- tables
CREATE TABLE t (id int PRIMARY KEY, at timestamptz);
INSERT INTO t VALUES (1, '2000-01-01 00:00+00');
-- query
SELECT id, at::date - date '2000-01-01' AS days FROM t
-- changes
INSERT INTO t VALUES (2, '2001-01-01 12:00+00');
-- refresh
