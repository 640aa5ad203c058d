-- TRUNCATE, alone and among other changes: DIFFERENTIAL has to rebuild, and says FULL.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int);
CREATE TABLE u (g int PRIMARY KEY, n text);
INSERT INTO t SELECT i, i % 3 FROM generate_series(1, 9) i;
INSERT INTO u SELECT i, 'n' || i FROM generate_series(0, 2) i;
-- stream joined
SELECT t.id, u.n FROM t JOIN u USING (g)
-- stream grouped
SELECT g, count(*) AS c FROM t GROUP BY g
-- changes
TRUNCATE t;
-- refresh => FULL
INSERT INTO t VALUES (1, 1), (2, 2);
-- refresh
BEGIN;
INSERT INTO t VALUES (3, 0);
TRUNCATE t;
INSERT INTO t VALUES (4, 0), (5, 1);
COMMIT;
DELETE FROM t WHERE id = 5;
-- refresh => FULL
TRUNCATE t, u;
INSERT INTO u VALUES (7, 'seven');
INSERT INTO t VALUES (7, 7);
-- refresh => FULL
BEGIN;
TRUNCATE t;
ROLLBACK;
INSERT INTO t VALUES (8, 7);
-- refresh
