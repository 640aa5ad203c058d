-- 10 KB of text as a value, a group key, a keyless row and a join key: past every index row limit.
-- tables
CREATE TABLE t (id int PRIMARY KEY, s text);
CREATE TABLE u (s text, n int);
INSERT INTO t SELECT i, (SELECT string_agg(md5((i % 2)::text || j::text), '') FROM generate_series(1, 320) j) FROM generate_series(1, 4) i;
INSERT INTO u SELECT s, id FROM t;
-- stream rows
SELECT id, s FROM t
-- stream bag
SELECT s, n FROM u
-- stream grouped
SELECT s, count(*) AS c FROM t GROUP BY s
-- stream joined
SELECT t.id, u.n FROM t JOIN u ON u.s = t.s
-- changes
UPDATE t SET s = s || 'x' WHERE id = 1;
UPDATE u SET s = s || 'x' WHERE n IN (1, 2);
-- refresh
DELETE FROM u WHERE n = 3;
INSERT INTO t SELECT 5, s FROM t WHERE id = 2;
-- refresh
UPDATE t SET s = left(s, 10239);
DELETE FROM t WHERE id = 3;
-- refresh
