-- string_agg over bytea.
-- tables
CREATE TABLE t (id int PRIMARY KEY, b bytea);
INSERT INTO t VALUES (1, '\x01'), (2, NULL);
-- query
SELECT string_agg(b, '\x00'::bytea ORDER BY id) AS b FROM t
-- changes
UPDATE t SET b = '\xff' WHERE id = 2;
-- refresh
DELETE FROM t;
-- refresh
