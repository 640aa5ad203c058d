-- Groups by types that have an order and no hash.
-- tables
CREATE TABLE t (id int PRIMARY KEY, m money, b bit(4), w varbit, v tsvector, q tsquery, g int);
INSERT INTO t SELECT i, (i % 3)::money, (i % 4)::bit(4), repeat('1', i % 3)::varbit, to_tsvector('simple', 'w' || i % 2), plainto_tsquery('simple', 'q' || i % 2), i % 2 FROM generate_series(1, 15) i;
INSERT INTO t (id) VALUES (50), (51);
-- query
SELECT m, count(*) AS n, sum(g) AS s FROM t GROUP BY m
-- stream bits
SELECT b, w, max(id) AS x, min(m) AS l FROM t GROUP BY b, w
-- stream texts
SELECT DISTINCT v, q FROM t
-- stream tsv
SELECT v, count(*) AS n, max(g) AS m, string_agg(b::text, ',' ORDER BY id) AS l FROM t GROUP BY v
-- stream sets
SELECT m FROM t WHERE g = 0 EXCEPT SELECT m FROM t WHERE g = 1
-- stream rolled
SELECT m, b, count(*) AS n FROM t GROUP BY ROLLUP (m, b)
-- changes
UPDATE t SET m = m + 1::money, b = NULL WHERE id % 3 = 0;
-- refresh
UPDATE t SET v = to_tsvector('simple', 'w1 x'), q = NULL WHERE id < 4;
DELETE FROM t WHERE m = 1::money;
-- refresh
INSERT INTO t (id, m, g) VALUES (70, 5, 0), (71, NULL, 1);
DELETE FROM t WHERE b IS NULL AND id < 50;
-- refresh
DELETE FROM t;
-- refresh
