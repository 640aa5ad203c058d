-- Rows of a table below DISTINCT or GROUP BY that stays in place are none of the rows around it, whatever they are joined by.
-- tables
CREATE TABLE t (id int PRIMARY KEY, x int);
CREATE TABLE u (id int PRIMARY KEY, t int, d int);
CREATE TABLE w (id int PRIMARY KEY, d int);
INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO u VALUES (1, 1, 10), (2, 1, 10), (3, 2, 10), (4, 2, 20), (5, NULL, 10);
INSERT INTO w VALUES (1, 10), (2, 10), (3, 20), (4, 30);
-- query
SELECT t.id, q.d, w.id AS w FROM t CROSS JOIN LATERAL (SELECT DISTINCT u.d FROM u WHERE u.t = t.x) q JOIN w ON w.d = q.d
-- stream grouped
SELECT t.id, q.d, q.n FROM t CROSS JOIN LATERAL (SELECT u.d, count(*) AS n FROM u WHERE u.t = t.x GROUP BY u.d) q JOIN w ON w.d = q.d
-- stream once
SELECT t.id, q.d, w.id AS w FROM t CROSS JOIN LATERAL (SELECT DISTINCT ON (u.d) u.d FROM u WHERE u.t = t.x ORDER BY u.d, u.id) q JOIN w ON w.d = q.d
-- stream kept
SELECT q.d, w.id AS w FROM (SELECT u.d FROM u GROUP BY u.d HAVING EXISTS (SELECT u.d FROM t WHERE t.x = u.d / 10)) q JOIN w ON w.d = q.d
-- stream above
SELECT w.id FROM w WHERE w.d IN (SELECT q.d FROM t CROSS JOIN LATERAL (SELECT DISTINCT u.d FROM u WHERE u.t = t.x) q)
-- changes
INSERT INTO u VALUES (6, 3, 30), (7, 3, 30), (8, 1, 20);
-- refresh
DELETE FROM u WHERE id = 1;
UPDATE w SET d = 20 WHERE id = 1;
-- refresh
DELETE FROM u WHERE id = 2;
INSERT INTO w VALUES (5, 30);
-- refresh
UPDATE t SET x = x + 1;
-- refresh
DELETE FROM w WHERE d = 20;
UPDATE u SET t = 2;
-- refresh
