-- Grouping sets, DISTINCT and set operations below and above an outer join.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, b varchar(4), v int);
CREATE TABLE u (g int, name text);
INSERT INTO t SELECT i, i % 4, 'b' || i % 2, i FROM generate_series(1, 14) i;
INSERT INTO u VALUES (1, 'one'), (2, 'two'), (2, 'zwei');
-- query
SELECT q.g, q.b, q.s, u.name FROM (SELECT g, b, sum(v) AS s FROM t GROUP BY ROLLUP (g, b)) q LEFT JOIN u ON u.g = q.g
-- stream above
SELECT u.name, t.b, GROUPING(u.name) AS x, count(t.v) AS n FROM u LEFT JOIN t ON t.g = u.g GROUP BY CUBE (u.name, t.b)
-- stream sets
SELECT t.g, u.name FROM t LEFT JOIN u ON u.g = t.g EXCEPT ALL SELECT g, name FROM u
-- stream differences
SELECT DISTINCT d.g, u.name FROM (SELECT g FROM t EXCEPT SELECT g FROM u WHERE name LIKE 't%') d FULL JOIN u ON u.g = d.g
-- changes
UPDATE t SET g = g + 1 WHERE id < 5;
-- refresh
DELETE FROM u WHERE g = 2;
INSERT INTO u VALUES (3, 'three'), (NULL, 'none');
-- refresh
DELETE FROM t WHERE g = 3;
INSERT INTO t VALUES (70, NULL, NULL, NULL);
-- refresh
DELETE FROM t;
-- refresh
