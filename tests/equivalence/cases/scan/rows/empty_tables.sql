-- From nothing to something and back, twice.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE TABLE u (id int PRIMARY KEY, b int);
-- stream copy
SELECT id, a FROM t
-- stream joined
SELECT t.id, a, b FROM t JOIN u ON t.id = u.id
-- stream grouped
SELECT a, count(*) AS n FROM t GROUP BY a
-- stream total
SELECT count(*) AS n, sum(a) AS s, min(a) AS lo FROM t
-- changes
INSERT INTO t VALUES (1, 1), (2, 1);
INSERT INTO u VALUES (2, 2), (3, 3);
-- refresh
DELETE FROM t;
-- refresh
INSERT INTO t VALUES (3, 9);
-- refresh
DELETE FROM u;
DELETE FROM t;
-- refresh
