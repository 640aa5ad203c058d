-- A join condition without any equality.
-- tables
CREATE TABLE l (id int PRIMARY KEY, at int);
CREATE TABLE r (id int PRIMARY KEY, lo int, hi int);
INSERT INTO l SELECT i, i * 10 FROM generate_series(1, 5) i;
INSERT INTO r VALUES (1, 5, 15), (2, 12, 33);
-- query
SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON l.at BETWEEN r.lo AND r.hi
-- changes
UPDATE r SET hi = 25 WHERE id = 1;
-- refresh
UPDATE l SET at = at + 20;
DELETE FROM r WHERE id = 2;
-- refresh
INSERT INTO r VALUES (3, 0, 100), (4, NULL, 50);
-- refresh
