-- Five tables, a star with a tail; every one of them changes.
-- tables
CREATE TABLE f (id int PRIMARY KEY, d1 int, d2 int, d3 int, v int);
CREATE TABLE d1 (id int PRIMARY KEY, n text);
CREATE TABLE d2 (id int PRIMARY KEY, n text, sub int);
CREATE TABLE d3 (id int PRIMARY KEY, n text);
CREATE TABLE s (id int PRIMARY KEY, n text);
INSERT INTO f SELECT i, i % 3, i % 4, i % 5, i FROM generate_series(1, 40) i;
INSERT INTO d1 SELECT i, 'd1-' || i FROM generate_series(0, 2) i;
INSERT INTO d2 SELECT i, 'd2-' || i, i % 2 FROM generate_series(0, 3) i;
INSERT INTO d3 SELECT i, 'd3-' || i FROM generate_series(0, 4) i;
INSERT INTO s SELECT i, 's-' || i FROM generate_series(0, 1) i;
-- stream flat
SELECT f.id, d1.n AS n1, d2.n AS n2, d3.n AS n3, s.n AS n4, v
FROM f JOIN d1 ON d1.id = f.d1 JOIN d2 ON d2.id = f.d2 JOIN d3 ON d3.id = f.d3 JOIN s ON s.id = d2.sub
-- stream grouped
SELECT s.n AS n4, d1.n AS n1, sum(v) AS v, count(*) AS c
FROM f JOIN d1 ON d1.id = f.d1 JOIN d2 ON d2.id = f.d2 JOIN d3 ON d3.id = f.d3 JOIN s ON s.id = d2.sub
GROUP BY s.n, d1.n
-- changes
UPDATE f SET v = v * 2 WHERE id <= 5;
-- refresh
BEGIN;
UPDATE d1 SET n = n || '!' WHERE id = 1;
UPDATE d2 SET sub = 1 - sub;
DELETE FROM d3 WHERE id = 4;
INSERT INTO f VALUES (41, 0, 0, 0, 41);
UPDATE s SET n = 'S' WHERE id = 1;
COMMIT;
-- refresh
DELETE FROM s WHERE id = 0;
INSERT INTO d3 VALUES (4, 'new');
-- refresh
