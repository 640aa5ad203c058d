-- An aggregate of an aggregate of an aggregate.
-- tables
CREATE TABLE t (id int PRIMARY KEY, region text, shop int, amount int);
INSERT INTO t SELECT i, 'r' || i % 2, i % 5, i FROM generate_series(1, 30) i;
-- query
SELECT max(total) AS best, count(*) AS regions, min(shops) AS fewest
FROM (SELECT region, sum(s) AS total, count(*) AS shops FROM (SELECT region, shop, sum(amount) AS s FROM t GROUP BY region, shop) a GROUP BY region) b
-- changes
UPDATE t SET amount = amount * 2 WHERE shop = 3;
-- refresh
DELETE FROM t WHERE shop = 4 AND region = 'r0';
INSERT INTO t VALUES (50, 'r2', 1, 5);
-- refresh
DELETE FROM t;
-- refresh
INSERT INTO t VALUES (1, NULL, NULL, NULL);
-- refresh
