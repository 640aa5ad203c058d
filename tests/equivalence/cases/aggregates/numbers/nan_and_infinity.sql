-- NaN and Infinity enter a group and leave it again.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, n numeric, f float8);
INSERT INTO t VALUES (1, 1, 1, 1), (2, 1, 2, 2), (3, 2, 'NaN', 'NaN'), (4, 2, 4, 4);
-- query
SELECT g, sum(n) AS sn, avg(n) AS an, min(n) AS minn, max(n) AS maxn, sum(f) AS sf, avg(f) AS af, min(f) AS minf, max(f) AS maxf FROM t GROUP BY g
-- changes
UPDATE t SET n = 'Infinity', f = 'Infinity' WHERE id = 1;
-- refresh
UPDATE t SET n = '-Infinity', f = '-Infinity' WHERE id = 2;
UPDATE t SET n = 3, f = 3 WHERE id = 3;
-- refresh
UPDATE t SET n = 1, f = 1 WHERE id = 1;
-- refresh
DELETE FROM t WHERE id = 2;
INSERT INTO t VALUES (5, 2, 'NaN', 'NaN'), (6, 2, 'Infinity', '-Infinity');
-- refresh
DELETE FROM t WHERE id = 5;
-- refresh
