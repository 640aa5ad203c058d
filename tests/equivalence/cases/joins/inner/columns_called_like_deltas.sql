-- Columns may have the names that statements give to tables: where both tables change, rows of their changes are not taken for such a column.
-- tables
CREATE TABLE l (d1 int PRIMARY KEY, d2 int, w int, n1 text);
CREATE TABLE r (d2 int PRIMARY KEY, d1 int, r1 text);
INSERT INTO l SELECT i, i % 7, i % 3, 'l' || i FROM generate_series(1, 20) i;
INSERT INTO r SELECT i, i % 5, 'r' || i FROM generate_series(0, 6) i;
-- query
SELECT l.d1, r.d1 AS d2, l.w, l.n1, r.r1 FROM l JOIN r ON r.d2 = l.d2
-- changes
UPDATE l SET d2 = 3, w = 9 WHERE d1 < 5;
UPDATE r SET d1 = d1 + 10, r1 = 'x' WHERE d2 > 2;
-- refresh
DELETE FROM r WHERE d2 = 3;
INSERT INTO l VALUES (30, 4, 1, 'new');
UPDATE r SET d1 = 0;
-- refresh
