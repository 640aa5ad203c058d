-- Two aggregates in FROM joined with each other.
-- tables
CREATE TABLE a (id int PRIMARY KEY, g int, v int);
CREATE TABLE b (id int PRIMARY KEY, g int, w int);
INSERT INTO a SELECT i, i % 3, i FROM generate_series(1, 6) i;
INSERT INTO b SELECT i, i % 2, i FROM generate_series(1, 6) i;
-- query
SELECT x.g, x.s, y.m FROM (SELECT g, sum(v) AS s FROM a GROUP BY g) x JOIN (SELECT g, max(w) AS m FROM b GROUP BY g) y USING (g)
-- changes
UPDATE a SET v = v + 1;
UPDATE b SET g = 2 WHERE id = 6;
-- refresh
BEGIN;
DELETE FROM a WHERE g = 0;
INSERT INTO b VALUES (9, 0, 99);
COMMIT;
-- refresh
INSERT INTO a VALUES (7, 0, 7);
-- refresh
