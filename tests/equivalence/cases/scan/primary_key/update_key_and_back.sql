-- A key moves away and comes back, with another row in its place meanwhile.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t VALUES (1, 1), (2, 2);
-- query
SELECT id, a FROM t
-- changes
UPDATE t SET id = 9 WHERE id = 1;
INSERT INTO t VALUES (1, 100);
-- refresh
DELETE FROM t WHERE id = 1;
UPDATE t SET id = 1 WHERE id = 9;
-- refresh
UPDATE t SET id = 3 WHERE id = 1;
UPDATE t SET id = 1, a = 5 WHERE id = 3;
-- refresh
