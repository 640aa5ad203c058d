-- 1.0 and 1.00 are one group, and so are 'a' and 'a  ' of char(3); which image is shown is free.
-- compare: equality
-- tables
CREATE TABLE t (id int PRIMARY KEY, k numeric, c char(3), v int);
INSERT INTO t VALUES (1, 1.0, 'a', 1), (2, 1.00, 'a  ', 2), (3, 2, 'b', 3);
-- stream by_numeric
SELECT k, count(*) AS n, sum(v) AS s FROM t GROUP BY k
-- stream by_char
SELECT c, count(*) AS n, sum(v) AS s FROM t GROUP BY c
-- changes
INSERT INTO t VALUES (4, 1.000, 'a ', 4);
DELETE FROM t WHERE id = 1;
-- refresh
DELETE FROM t WHERE id = 2;
UPDATE t SET k = 1, c = 'a' WHERE id = 3;
-- refresh
DELETE FROM t WHERE id IN (3, 4);
INSERT INTO t VALUES (5, 1, 'a', 0);
-- refresh
