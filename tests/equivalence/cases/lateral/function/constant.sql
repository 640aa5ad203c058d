-- A function of constants in FROM, alone and joined.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (3, 3);
-- query
SELECT n.n, t.v FROM generate_series(1, 4) n (n) LEFT JOIN t ON t.id = n.n
-- changes
INSERT INTO t VALUES (2, 2), (9, 9);
-- refresh
DELETE FROM t WHERE id < 3;
-- refresh
