-- The NULL group of a LEFT JOIN gains what loses its match.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int, v int);
CREATE TABLE r (k int PRIMARY KEY, name text);
INSERT INTO l VALUES (1, 1, 10), (2, 2, 20), (3, 3, NULL);
INSERT INTO r VALUES (1, 'one'), (2, NULL);
-- query
SELECT r.name, count(*) AS n, sum(l.v) AS s, max(r.k) AS m FROM l LEFT JOIN r USING (k) GROUP BY r.name
-- changes
DELETE FROM r WHERE k = 1;
-- refresh
INSERT INTO r VALUES (3, 'three'), (1, 'three');
-- refresh
UPDATE r SET name = NULL;
UPDATE l SET v = 1 WHERE v IS NULL;
-- refresh
