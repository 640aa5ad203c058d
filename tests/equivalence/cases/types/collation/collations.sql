-- Explicit collations in the query, on columns and on expressions.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a text COLLATE "C", b text COLLATE "POSIX", c text);
INSERT INTO t VALUES (1, 'a', 'B', 'x'), (2, 'B', 'a', 'Y');
-- stream rows
SELECT a, b, c COLLATE "C" AS c, a || c AS ac, lower(b) AS lb FROM t WHERE a < 'a' COLLATE "C" OR b > c COLLATE "C"
-- stream extremes
SELECT min(a) AS lo, max(b) AS hi, min(c COLLATE "C") AS c FROM t
-- changes
INSERT INTO t VALUES (3, 'Z', 'z', 'ä');
-- refresh
UPDATE t SET a = lower(a), c = 'A';
-- refresh
UPDATE t SET a = upper(a), b = upper(b);
-- refresh
