-- DISTINCT in FROM, counted above, joined above.
-- tables
CREATE TABLE t (a int, b int);
CREATE TABLE d (a int PRIMARY KEY, n text);
INSERT INTO t VALUES (1, 1), (1, 2), (2, 1);
INSERT INTO d VALUES (1, 'one'), (2, 'two');
-- stream counted
SELECT count(*) AS n FROM (SELECT DISTINCT a FROM t) x
-- stream joined
SELECT d.n FROM (SELECT DISTINCT a FROM t) x JOIN d USING (a)
-- changes
DELETE FROM t WHERE a = 1 AND b = 1;
INSERT INTO t VALUES (3, 3), (3, 3);
INSERT INTO d VALUES (3, 'three');
-- refresh
DELETE FROM t WHERE a = 1;
-- refresh
