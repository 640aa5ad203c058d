-- An update to an equal value with another image must be shown: 1.0 to 1.00, -0, '1 month' to '30 days'.
-- tables
CREATE TABLE t (id int PRIMARY KEY, n numeric, f float8, iv interval, c citext, tz timetz);
INSERT INTO t VALUES (1, 1.0, 0, '1 month', 'abc', '12:00+00'), (2, 1.00, '-0', '30 days', 'ABC', '12:00+00');
-- query
SELECT id, n, f, iv, c, tz FROM t
-- changes
UPDATE t SET n = 1.00, f = '-0', iv = '30 days', c = 'Abc' WHERE id = 1;
-- refresh
UPDATE t SET n = 1, f = 0, iv = '1 month', c = 'aBC' WHERE id = 2;
-- refresh
