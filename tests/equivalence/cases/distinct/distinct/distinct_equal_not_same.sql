-- Values that are equal and look different are one: numeric scales, a collation without case, -0.
-- compare: equality
-- tables
CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE t (id int PRIMARY KEY, n numeric, s text COLLATE ci, f float8);
CREATE TABLE u (n numeric, s text COLLATE ci);
INSERT INTO t VALUES (1, 1.0, 'a', 0), (2, 1.00, 'A', '-0'), (3, 2, 'b', 'NaN'), (4, NULL, NULL, NULL);
INSERT INTO u VALUES (1.000, 'A'), (3, 'c');
-- query
SELECT DISTINCT n, s FROM t
-- stream floats
SELECT DISTINCT f FROM t
-- stream united
SELECT n, s FROM t UNION SELECT n, s FROM u
-- stream common
SELECT s FROM t INTERSECT SELECT s FROM u
-- stream rest
SELECT n FROM t EXCEPT ALL SELECT n FROM u
-- changes
DELETE FROM t WHERE id = 1;
-- refresh
UPDATE t SET n = 3.0, s = 'C', f = 0 WHERE id = 2;
-- refresh
INSERT INTO u VALUES (3.00, 'c'), (NULL, NULL), (2.0, 'B');
-- refresh
DELETE FROM u WHERE n = 3;
INSERT INTO t VALUES (9, 'NaN', 'B', 'Infinity');
-- refresh
