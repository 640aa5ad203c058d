-- min and max over timestamptz, interval, inet, arrays, enum and char(n).
-- tables
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (id int PRIMARY KEY, g int, at timestamptz, iv interval, ip inet, arr int[], m mood, c char(5));
INSERT INTO t SELECT i, i % 2, timestamptz '2024-01-01 00:00+00' + i * interval '1 day', i * interval '36 hours', '10.0.0.0'::inet + i,
                     ARRAY[i, 10 - i], (enum_range(NULL::mood))[i % 3 + 1], 'c' || i FROM generate_series(1, 9) i;
-- query
SELECT g, min(at) AS a1, max(at) AS a2, min(iv) AS i1, max(iv) AS i2, min(ip) AS p1, max(ip) AS p2,
       min(arr) AS r1, max(arr) AS r2, min(m) AS m1, max(m) AS m2, min(c) AS c1, max(c) AS c2 FROM t GROUP BY g
-- changes
DELETE FROM t WHERE id IN (1, 9);
-- refresh
UPDATE t SET at = 'infinity', iv = '-1 year', ip = '::1', arr = '{}', m = 'sad', c = '' WHERE id = 4;
-- refresh
DELETE FROM t WHERE id = 4 OR id > 6;
-- refresh
