-- A scan, a join and an aggregate, with types to be unified.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
CREATE TABLE u (id int PRIMARY KEY, name varchar(10));
INSERT INTO t SELECT i, i % 3, i FROM generate_series(1, 9) i;
INSERT INTO u VALUES (0, 'zero'), (1, 'one'), (2, 'two');
-- query
SELECT 'row' AS kind, id::bigint AS k, v::numeric AS v FROM t WHERE v > 5
UNION ALL SELECT u.name, t.id, t.v FROM t JOIN u ON u.id = t.g
UNION ALL SELECT 'sum', g, sum(v) FROM t GROUP BY g
-- changes
UPDATE t SET v = v + 1 WHERE g = 1;
-- refresh
UPDATE u SET name = 'ONE' WHERE id = 1;
DELETE FROM t WHERE id = 9;
INSERT INTO t VALUES (20, 5, 20);
-- refresh
DELETE FROM u;
UPDATE t SET g = 0;
-- refresh
