-- DISTINCT in FROM and in a CTE, under an aggregate and a join.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, s text, n numeric);
CREATE TABLE k (a int, b text);
INSERT INTO t SELECT i, i % 4, chr(97 + i % 3), i % 2 FROM generate_series(1, 20) i;
INSERT INTO k VALUES (1, 'one'), (1, 'one'), (2, NULL), (NULL, NULL), (NULL, NULL);
-- query
WITH d AS (SELECT DISTINCT g, s FROM t) SELECT d.g, count(*) AS n, string_agg(d.s, ',' ORDER BY d.s) AS l FROM d GROUP BY d.g HAVING count(*) > 1
-- stream twice
SELECT x.a, y.b FROM (SELECT DISTINCT a FROM k) x JOIN (SELECT DISTINCT a, b FROM k) y ON y.a = x.a
-- changes
INSERT INTO k VALUES (1, 'one'), (3, 'three'), (3, 'three');
UPDATE t SET s = 'z' WHERE id IN (3, 6);
-- refresh
DELETE FROM k WHERE a = 1;
DELETE FROM k WHERE ctid IN (SELECT ctid FROM k WHERE a IS NULL LIMIT 1);
UPDATE t SET g = NULL WHERE g = 0;
-- refresh
DELETE FROM k WHERE a IS NULL;
UPDATE t SET id = id + 100, n = n + 1 WHERE id % 2 = 0;
-- refresh
DELETE FROM t;
DELETE FROM k;
-- refresh
INSERT INTO t VALUES (1, NULL, NULL, NULL), (2, NULL, NULL, NULL);
INSERT INTO k VALUES (NULL, 'x');
-- refresh
