-- GROUP BY above a NOT IN.
-- tables
CREATE TABLE a (id int PRIMARY KEY, g int, v int);
CREATE TABLE b (v int);
INSERT INTO a SELECT i, i % 2, i FROM generate_series(1, 6) i;
INSERT INTO b VALUES (1), (2);
-- query
SELECT g, count(*) AS n, sum(v) AS s FROM a WHERE v NOT IN (SELECT v FROM b) GROUP BY g
-- changes
BEGIN;
INSERT INTO a VALUES (7, 1, 7), (8, 0, 8);
INSERT INTO b VALUES (7), (3);
COMMIT;
-- refresh
INSERT INTO b VALUES (NULL);
-- refresh
DELETE FROM b WHERE v IS NULL OR v = 1;
-- refresh
