-- Subqueries in FROM that only filter and compute; nested, with renamed columns.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
CREATE TABLE u (id int PRIMARY KEY, c int);
INSERT INTO t SELECT i, i, i * i FROM generate_series(1, 10) i;
INSERT INTO u SELECT i, i + 1 FROM generate_series(1, 10) i;
-- query
SELECT x.k, x.total, y.c FROM (SELECT k, k + s AS total FROM (SELECT a AS k, b AS s FROM t WHERE a > 2) inn WHERE s < 80) x
JOIN (SELECT id AS key, c FROM u WHERE c % 2 = 0) AS y ON y.key = x.k
-- changes
UPDATE t SET b = b + 20;
-- refresh
UPDATE u SET c = c + 1;
UPDATE t SET a = a - 1 WHERE id < 5;
-- refresh
