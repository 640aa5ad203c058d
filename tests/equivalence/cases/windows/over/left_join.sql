-- A window over an outer join: NULL rows have their partition.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (id int PRIMARY KEY, k int, n text);
INSERT INTO l VALUES (1, 1), (2, 2), (3, 2);
INSERT INTO r VALUES (1, 1, 'one');
-- query
SELECT l.id, r.n, count(*) OVER (PARTITION BY r.n) AS c, row_number() OVER (PARTITION BY r.n ORDER BY l.id, r.id) AS rn FROM l LEFT JOIN r USING (k)
-- changes
INSERT INTO r VALUES (2, 2, 'two'), (3, 2, 'one');
-- refresh
DELETE FROM r WHERE id < 3;
-- refresh
