-- The clock as a value: only what does not depend on the moment is compared.
-- construct: now|STABLE|CURRENT
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, at timestamptz);
INSERT INTO t VALUES (1, '2000-01-01 00:00+00');
-- query
SELECT id, now() > at AS past, current_timestamp < 'infinity' AS yes, localtimestamp > '2000-01-01' AS l FROM t
-- changes
INSERT INTO t VALUES (2, '9999-01-01 00:00+00');
-- refresh
