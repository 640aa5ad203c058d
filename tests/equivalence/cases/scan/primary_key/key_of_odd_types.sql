-- Keys of uuid, numeric and timestamptz in one table.
-- tables
CREATE TABLE t (u uuid, n numeric, at timestamptz, a int, PRIMARY KEY (u, n, at));
INSERT INTO t VALUES ('00000000-0000-0000-0000-000000000001', 1.0, '2024-01-01 00:00+00', 1),
                     ('00000000-0000-0000-0000-000000000001', 1.5, '2024-01-01 00:00+02', 2),
                     ('00000000-0000-0000-0000-000000000002', 'NaN', 'infinity', 3);
-- query
SELECT u, n, at, a FROM t
-- changes
UPDATE t SET a = a + 1 WHERE n >= 1.5;
UPDATE t SET n = 1.00 WHERE n = 1;
-- refresh
UPDATE t SET at = at + interval '1 us';
DELETE FROM t WHERE n = 'NaN';
INSERT INTO t VALUES ('00000000-0000-0000-0000-000000000002', 'NaN', 'infinity', 30);
-- refresh
