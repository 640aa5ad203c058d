-- Six stream tables on one table, refreshed one by one: none may eat the changes of another.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
INSERT INTO t SELECT i, i % 2, i % 3 FROM generate_series(1, 12) i;
-- stream s1
SELECT id, a FROM t
-- stream s2
SELECT a, count(*) AS n FROM t GROUP BY a
-- stream s3
SELECT b, sum(id) AS s FROM t GROUP BY b
-- stream s4
SELECT id FROM t WHERE b = 1
-- changes
UPDATE t SET a = a + 1, b = b + 1 WHERE id < 7;
-- refresh s1, s2, s3, s4
DELETE FROM t WHERE id > 9;
-- refresh s4, s2, s3, s1
INSERT INTO t VALUES (50, 50, 1);
UPDATE t SET b = 1 WHERE id = 50;
-- refresh
