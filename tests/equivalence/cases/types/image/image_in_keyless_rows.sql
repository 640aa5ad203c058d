-- Rows that are equal but look different, in a keyless table: the right one must go.
-- tables
CREATE TABLE t (n numeric, f float8, c citext, iv interval);
INSERT INTO t VALUES (1.0, 0, 'a', '1 month'), (1.00, '-0', 'A', '30 days'), (1.00, '-0', 'A', '30 days');
-- query
SELECT n, f, c, iv FROM t
-- changes
DELETE FROM t WHERE n::text = '1.0';
-- refresh
UPDATE t SET n = 1.000 WHERE ctid = (SELECT min(ctid) FROM t);
-- refresh
INSERT INTO t VALUES (1.0, 0, 'a', '1 month');
DELETE FROM t WHERE n::text = '1.00';
-- refresh
