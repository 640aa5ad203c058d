-- A tip over a join of stream tables that does not change and an aggregate that does.
-- tables
CREATE TABLE s1 (id int PRIMARY KEY, k int, v int);
CREATE TABLE s2 (id int PRIMARY KEY, k int, w int);
INSERT INTO s1 SELECT i, i % 6, i FROM generate_series(1, 30) i;
INSERT INTO s2 SELECT i, i % 6, -i FROM generate_series(1, 20) i;
-- stream a
SELECT k, sum(v) AS v FROM s1 GROUP BY k
-- stream c
SELECT a.k, a.v FROM a JOIN s1 ON s1.id = a.k + 1
-- stream d
SELECT k, count(*) AS n, sum(w) AS w FROM s2 GROUP BY k
-- stream e
SELECT c.k, d.w FROM c JOIN d ON d.k = c.k
-- changes
UPDATE s2 SET w = w + 1, k = k + 1 WHERE id % 5 = 1;
-- refresh e
UPDATE s1 SET v = v + 1 WHERE id < 4;
-- refresh e
UPDATE s2 SET w = 0 WHERE id = 7;
-- refresh d
-- refresh e
DELETE FROM s1 WHERE id = 2;
DELETE FROM s2 WHERE id > 15;
-- refresh
