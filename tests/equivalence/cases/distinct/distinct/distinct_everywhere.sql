-- DISTINCT of expressions and NULLs over a join, over an aggregate, in FROM, in a CTE, under an aggregate; duplicates come and go.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, s text, n numeric);
CREATE TABLE k (a int, b text);
INSERT INTO t SELECT i, i % 4, chr(97 + i % 3), i % 2 FROM generate_series(1, 20) i;
INSERT INTO k VALUES (1, 'one'), (1, 'one'), (2, NULL), (NULL, NULL), (NULL, NULL);
-- query
SELECT DISTINCT t.g + 1 AS g, upper(t.s) AS s FROM t
-- stream keyless
SELECT DISTINCT a, b FROM k
-- stream joined
SELECT DISTINCT k.b, t.s FROM t JOIN k ON k.a = t.g
-- stream over_aggregate
SELECT DISTINCT count(*) AS n, sum(n) > 2 AS big FROM t GROUP BY g, s
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
