-- Sums along a bill of materials: GROUP BY over the recursion.
-- tables
CREATE TABLE part (whole int, part int, n int, PRIMARY KEY (whole, part));
CREATE TABLE price (part int PRIMARY KEY, p numeric);
INSERT INTO part VALUES (1, 2, 2), (1, 3, 1), (2, 3, 4);
INSERT INTO price VALUES (3, 1.5);
-- query
WITH RECURSIVE b AS (SELECT whole AS top, part, n FROM part UNION ALL SELECT b.top, p.part, b.n * p.n FROM b JOIN part p ON p.whole = b.part)
SELECT top, sum(b.n * price.p) AS cost, count(*) AS ways FROM b JOIN price USING (part) GROUP BY top
-- changes
UPDATE part SET n = 3 WHERE whole = 1 AND part = 2;
-- refresh
UPDATE price SET p = 2;
INSERT INTO part VALUES (3, 4, 1);
INSERT INTO price VALUES (4, 0.25);
-- refresh
DELETE FROM part WHERE whole = 2;
-- refresh
