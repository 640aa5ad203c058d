-- now() is stable, not immutable: a row enters by the clock alone.
-- mode: any
-- construct: now|stable|CURRENT_TIMESTAMP
-- tables
CREATE TABLE t (id int PRIMARY KEY, at timestamptz);
INSERT INTO t VALUES (1, '2000-01-01 00:00+00'), (2, '9999-01-01 00:00+00');
-- query
SELECT id FROM t WHERE at < now()
-- changes
UPDATE t SET at = '2001-01-01 00:00+00' WHERE id = 2;
-- refresh
