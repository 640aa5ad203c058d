-- A view with now() in it is as restless as a query with now().
-- mode: full-only
-- construct: view "old".*now
-- tables
CREATE TABLE t (id int PRIMARY KEY, at timestamptz);
INSERT INTO t VALUES (1, '2000-01-01 00:00+00'), (2, '9999-01-01 00:00+00');
CREATE VIEW old AS SELECT id FROM t WHERE at < now();
-- query
SELECT count(*) AS n FROM old
-- changes
UPDATE t SET at = '2001-01-01 00:00+00' WHERE id = 2;
-- refresh
