-- citext as a key of a table, of groups and of a join.
-- compare: equality
-- tables
CREATE TABLE t (k citext PRIMARY KEY, g citext, v int);
INSERT INTO t VALUES ('One', 'x', 1), ('two', 'X', 2), ('THREE', 'y', 3);
-- stream rows
SELECT k, v FROM t
-- stream grouped
SELECT g, sum(v) AS s FROM t GROUP BY g
-- stream joined
SELECT a.k AS a, b.k AS b FROM t a JOIN t b ON a.g = b.g
-- changes
UPDATE t SET k = 'ONE', v = 10 WHERE k = 'one';
UPDATE t SET g = 'Y' WHERE k = 'TWO';
-- refresh
DELETE FROM t WHERE k = 'three';
INSERT INTO t VALUES ('Three', 'X', 4);
-- refresh
