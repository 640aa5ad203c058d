-- INSERT ... ON CONFLICT DO UPDATE and DO NOTHING fire insert and update capture at once.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, n int DEFAULT 1);
INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);
-- stream rows
SELECT id, a, n FROM t
-- stream total
SELECT sum(a) AS s, sum(n) AS n FROM t
-- changes
INSERT INTO t VALUES (2, 20), (4, 40) ON CONFLICT (id) DO UPDATE SET a = excluded.a, n = t.n + 1;
-- refresh
INSERT INTO t VALUES (1, 100), (5, 5) ON CONFLICT DO NOTHING;
INSERT INTO t VALUES (3, 0), (5, 0) ON CONFLICT (id) DO UPDATE SET a = t.a + 1 WHERE t.id = 5;
-- refresh
INSERT INTO t VALUES (1, 7) ON CONFLICT (id) DO UPDATE SET id = 10, a = 11;
-- refresh
