-- Column names given to the stream table, all of them and only the first.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t VALUES (1, 1), (2, 2);
-- stream all_named (x, "Y y")
SELECT id, a * 2 FROM t
-- stream first_named (grp)
SELECT a, count(*) AS n FROM t GROUP BY a
-- changes
UPDATE t SET a = 2 WHERE id = 1;
-- refresh
DELETE FROM t;
-- refresh
