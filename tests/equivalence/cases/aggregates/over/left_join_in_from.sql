-- Aggregates over a subquery with an outer join and a filter.
-- tables
CREATE TABLE l (id int PRIMARY KEY, g int);
CREATE TABLE r (l int, v int);
INSERT INTO l SELECT i, i % 2 FROM generate_series(1, 4) i;
INSERT INTO r VALUES (1, 10), (2, NULL);
-- query
SELECT g, count(*) AS n, sum(v) AS s, min(v) AS lo FROM (SELECT l.g, r.v FROM l LEFT JOIN r ON r.l = l.id WHERE l.id < 10) x GROUP BY g
-- changes
INSERT INTO r VALUES (3, 1), (3, 1), (4, 7);
-- refresh
DELETE FROM r WHERE v = 1;
UPDATE l SET g = 1 WHERE id = 2;
-- refresh
