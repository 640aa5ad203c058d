-- The sides are queries: filtered, grouped, in WITH, a view, a stream table, one side of nothing but outer joins.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int, v int);
CREATE TABLE r (id int PRIMARY KEY, k int, w int);
CREATE VIEW busy AS SELECT k, sum(w) AS w FROM r GROUP BY k HAVING count(*) > 1;
INSERT INTO l VALUES (1, 1, 1), (2, 2, 2), (3, 2, 3), (4, NULL, 4);
INSERT INTO r VALUES (1, 1, 10), (2, 1, 20), (3, 5, 50), (4, NULL, 40), (5, NULL, 45);
-- stream filtered
SELECT a.id AS a, b.id AS b FROM (SELECT * FROM l WHERE v > 1) a FULL JOIN (SELECT id, k + 1 AS k FROM r) b ON a.k = b.k
-- stream grouped
SELECT k, a.n, b.m FROM (SELECT k, count(*) AS n FROM l GROUP BY k) a FULL JOIN (SELECT k, max(w) AS m FROM r GROUP BY k) b USING (k)
-- stream named
WITH a AS (SELECT k, sum(v) AS v FROM l GROUP BY k), b (k, w) AS (SELECT DISTINCT k, w % 20 FROM r) SELECT a.k, v, b.k AS bk, w FROM a FULL JOIN b ON a.k = b.k WHERE v IS NULL OR w IS NULL OR v < w
-- stream viewed
SELECT l.id, busy.k, busy.w FROM l FULL JOIN busy ON busy.k = l.k
-- stream totals
SELECT k, count(*) AS n, sum(v) AS v FROM l GROUP BY k
-- stream over_stream
SELECT t.k, t.v, r.id FROM totals t FULL JOIN r ON r.k = t.k
-- stream unions
SELECT a.k AS a, b.k AS b FROM (SELECT k FROM l UNION SELECT w FROM r) a FULL JOIN (SELECT k FROM r UNION ALL SELECT v FROM l) b ON a.k = b.k
-- changes
INSERT INTO l VALUES (5, 5, 5), (6, 1, 6);
DELETE FROM r WHERE id = 2;
-- refresh
UPDATE r SET k = 2, w = w + 1 WHERE id >= 3;
UPDATE l SET v = 0 WHERE id IN (2, 3);
-- refresh
DELETE FROM l WHERE k = 2;
UPDATE r SET k = NULL WHERE id = 3;
-- refresh
DELETE FROM r;
-- refresh
