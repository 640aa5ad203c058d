-- A stream table joined with itself and united with itself.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t SELECT i, i % 4 FROM generate_series(1, 12) i;
-- stream g
SELECT a, count(*) AS n FROM t GROUP BY a
-- stream pairs
SELECT x.a AS a1, y.a AS a2, x.n + y.n AS n FROM g x JOIN g y ON y.a = x.a + 1
-- stream joined_up
SELECT a FROM g UNION ALL SELECT n FROM g
-- changes
UPDATE t SET a = a + 1 WHERE id <= 4;
-- refresh pairs, joined_up
DELETE FROM t WHERE a = 2;
-- refresh pairs, joined_up
INSERT INTO t SELECT i, 2 FROM generate_series(20, 25) i;
-- refresh
