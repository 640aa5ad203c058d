-- Stream tables over stream tables with outer join, DISTINCT, a set operation and a window between them.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (k int PRIMARY KEY, n text);
INSERT INTO l VALUES (1, 1), (2, 2), (3, 2);
INSERT INTO r VALUES (1, 'one');
-- stream joined
SELECT l.id, l.k, r.n FROM l LEFT JOIN r USING (k)
-- stream names
SELECT DISTINCT n FROM joined
-- stream ranked
SELECT id, n, rank() OVER (PARTITION BY n ORDER BY id) AS pos FROM joined
-- stream missing
SELECT k FROM joined EXCEPT SELECT k FROM r
-- stream tip
SELECT (SELECT count(*) FROM names) AS n, (SELECT max(pos) FROM ranked) AS m, (SELECT count(*) FROM missing) AS c
-- changes
INSERT INTO r VALUES (2, 'two');
-- refresh
BEGIN;
INSERT INTO l VALUES (4, 4), (5, 5);
INSERT INTO r VALUES (4, 'one');
COMMIT;
-- refresh tip
DELETE FROM l WHERE k = 2;
-- refresh
