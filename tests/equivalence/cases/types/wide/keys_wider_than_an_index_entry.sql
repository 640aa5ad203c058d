-- Text of 20 kB that does not compress: grouped, made distinct, in keyless rows and joined.
-- tables
CREATE TABLE t (id int PRIMARY KEY, s text);
CREATE TABLE bag (s text);
CREATE FUNCTION noise(i int) RETURNS text IMMUTABLE LANGUAGE sql AS $$SELECT string_agg(md5((i * 1000 + j)::text), '') FROM generate_series(1, 600) j$$;
INSERT INTO t SELECT i, noise(i % 2) FROM generate_series(1, 4) i;
INSERT INTO bag SELECT noise(i % 2) FROM generate_series(1, 3) i;
-- stream grouped
SELECT s, count(*) AS n FROM t GROUP BY s
-- stream copies
SELECT s FROM bag
-- stream dist
SELECT DISTINCT s FROM bag
-- stream joined
SELECT t.id, length(bag.s) AS n FROM t JOIN bag ON bag.s = t.s
-- changes
UPDATE t SET s = noise(7) WHERE id = 1;
DELETE FROM bag WHERE s = noise(0);
-- refresh
INSERT INTO bag VALUES (noise(7)), (noise(7)), (NULL);
-- refresh
DELETE FROM t WHERE id > 2;
-- refresh
