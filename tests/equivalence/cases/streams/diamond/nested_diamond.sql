-- Two diamonds that share members: C over A and B, E over C and D, D over B and a second source.
-- tables
CREATE TABLE s1 (id int PRIMARY KEY, k int, v int);
CREATE TABLE s2 (id int PRIMARY KEY, k int, w int);
INSERT INTO s1 SELECT i, i % 4, i FROM generate_series(1, 20) i;
INSERT INTO s2 SELECT i, i % 4, -i FROM generate_series(1, 10) i;
-- stream a
SELECT k, sum(v) AS v FROM s1 GROUP BY k
-- stream b
SELECT s1.id, s1.k, s1.v, s2.w FROM s1 JOIN s2 ON s1.id = s2.id
-- stream c
SELECT a.k, a.v AS all_v, x.v AS joined_v FROM a JOIN (SELECT k, sum(v) AS v FROM b GROUP BY k) x ON x.k = a.k
-- stream d
SELECT b.k, count(*) AS n, sum(s2.w) AS w FROM b JOIN s2 ON s2.k = b.k GROUP BY b.k
-- stream e
SELECT c.k, c.all_v, c.joined_v, d.n, d.w FROM c JOIN d ON d.k = c.k
-- changes
BEGIN;
UPDATE s1 SET v = v + 1;
UPDATE s2 SET w = w - 1 WHERE id < 6;
COMMIT;
-- refresh e
UPDATE s1 SET k = 7 WHERE id <= 4;
INSERT INTO s2 VALUES (15, 7, 0);
-- refresh d
DELETE FROM s2 WHERE id IN (1, 2);
UPDATE s1 SET id = id + 100 WHERE id = 5;
-- refresh e
DELETE FROM s1 WHERE k = 3;
-- refresh
