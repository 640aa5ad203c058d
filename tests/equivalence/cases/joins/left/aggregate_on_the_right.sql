-- A LEFT JOIN with a subquery that aggregates: a group that vanishes leaves NULL behind.
-- tables
CREATE TABLE l (id int PRIMARY KEY);
CREATE TABLE r (id int PRIMARY KEY, l int, v int);
INSERT INTO l VALUES (1), (2);
INSERT INTO r VALUES (1, 1, 5), (2, 1, 6);
-- query
SELECT l.id, g.n, coalesce(g.s, -1) AS s FROM l LEFT JOIN (SELECT l, count(*) AS n, sum(v) AS s FROM r GROUP BY l) g ON g.l = l.id
-- changes
INSERT INTO r VALUES (3, 2, NULL);
-- refresh
DELETE FROM r WHERE l = 1;
INSERT INTO l VALUES (3);
-- refresh
BEGIN;
UPDATE r SET l = 1;
DELETE FROM l WHERE id = 2;
COMMIT;
-- refresh
