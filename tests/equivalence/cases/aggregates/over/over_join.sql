-- Aggregates over a join; both sides change at once, in one group and across groups.
-- tables
CREATE TABLE o (id int PRIMARY KEY, cust int, amount numeric(12,2));
CREATE TABLE c (id int PRIMARY KEY, region text);
INSERT INTO c SELECT i, 'r' || i % 3 FROM generate_series(1, 9) i;
INSERT INTO o SELECT i, i % 10, i * 1.25 FROM generate_series(1, 60) i;
-- query
SELECT c.region, count(*) AS n, sum(o.amount) AS s, avg(o.amount) AS a, min(o.amount) AS lo, max(o.amount) AS hi
FROM o JOIN c ON c.id = o.cust GROUP BY c.region
-- changes
UPDATE c SET region = 'r9' WHERE id <= 2;
-- refresh
BEGIN;
UPDATE c SET region = 'r1' WHERE region = 'r9';
UPDATE o SET amount = amount + 10 WHERE cust <= 2;
DELETE FROM o WHERE id > 50;
INSERT INTO c VALUES (0, 'zero');
COMMIT;
-- refresh
DELETE FROM c WHERE region = 'r1';
INSERT INTO o VALUES (100, 0, 0.01), (101, 3, 999999.99);
-- refresh
