-- An OR whose arms each say something of both tables: what they say of one alone narrows its changes, and no more.
-- tables
CREATE TABLE l (id int PRIMARY KEY, p int, q int, mode text);
CREATE TABLE r (id int PRIMARY KEY, brand text, size int);
INSERT INTO r SELECT i, CASE WHEN i % 4 > 0 THEN 'b' || i % 4 END, i % 6 FROM generate_series(1, 12) i;
INSERT INTO l SELECT i, i % 13, NULLIF(i % 10, 0), CASE i % 3 WHEN 0 THEN 'air' WHEN 1 THEN 'rail' END FROM generate_series(1, 60) i;
-- stream sums
SELECT r.brand, count(*) AS n, sum(l.q) AS q, max(l.q) AS hi FROM l, r
WHERE (l.p = r.id AND r.brand = 'b1' AND l.q BETWEEN 1 AND 4 AND l.mode IN ('air', 'rail'))
   OR (l.p = r.id AND r.brand = 'b2' AND l.q >= 6 AND r.size < 4)
   OR (l.p = r.id AND r.brand IS NULL AND NOT l.mode = 'air')
GROUP BY r.brand
-- stream pairs
SELECT l.id, r.id AS rid FROM l JOIN r ON l.p = r.id WHERE (l.q > 5 AND r.size > 2) OR (l.q < 3 AND (r.brand = 'b3' OR l.mode IS NULL))
-- stream loose
SELECT count(*) AS n FROM l, r WHERE (l.q = 1 AND r.size = 1) OR r.brand = 'b3'
-- changes
UPDATE l SET q = q + 4 WHERE id % 4 = 0;
UPDATE r SET brand = 'b2' WHERE id IN (1, 5);
-- refresh
UPDATE l SET mode = NULL, q = 7 WHERE id % 5 = 0;
DELETE FROM l WHERE q = 2;
INSERT INTO l SELECT i, i % 13, i % 9, 'air' FROM generate_series(61, 90) i;
UPDATE l SET mode = 'rail' WHERE id = 61;
UPDATE l SET mode = 'air' WHERE id = 61;
-- refresh
UPDATE r SET brand = NULL, size = size + 1 WHERE id % 3 = 0;
DELETE FROM r WHERE id = 4;
UPDATE l SET q = NULL WHERE id % 7 = 0;
-- refresh
DELETE FROM l;
-- refresh
