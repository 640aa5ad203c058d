-- Aggregates over a FULL JOIN, by the merged key: SUM stays NULL where only NULLs are.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int, v int);
CREATE TABLE r (id int PRIMARY KEY, k int, w int);
INSERT INTO l VALUES (1, 1, 10), (2, 2, 20);
INSERT INTO r VALUES (1, 2, 200), (2, 3, 300);
-- query
SELECT coalesce(l.k, r.k) AS k, count(*) AS n, sum(v) AS v, sum(w) AS w FROM l FULL JOIN r ON l.k = r.k GROUP BY 1
-- changes
INSERT INTO l VALUES (3, 3, NULL), (4, 3, 30);
DELETE FROM r WHERE id = 1;
-- refresh
BEGIN;
INSERT INTO l VALUES (5, 5, 5);
INSERT INTO r VALUES (5, 5, NULL), (6, NULL, 6);
UPDATE r SET k = 1 WHERE id = 2;
COMMIT;
-- refresh
DELETE FROM l;
-- refresh
