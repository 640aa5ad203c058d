-- Ranges: a join by BETWEEN and an inequality.
-- tables
CREATE TABLE band (id int PRIMARY KEY, lo int, hi int);
CREATE TABLE v (id int PRIMARY KEY, x int);
INSERT INTO band VALUES (1, 0, 10), (2, 5, 15), (3, NULL, 3);
INSERT INTO v SELECT i, i FROM generate_series(1, 20, 3) i;
-- query
SELECT band.id AS b, v.id AS v FROM band JOIN v ON v.x BETWEEN band.lo AND band.hi AND v.id <> band.id
-- changes
UPDATE band SET hi = hi + 5;
UPDATE v SET x = x - 3;
-- refresh
UPDATE band SET lo = 0 WHERE id = 3;
DELETE FROM v WHERE x < 3;
-- refresh
