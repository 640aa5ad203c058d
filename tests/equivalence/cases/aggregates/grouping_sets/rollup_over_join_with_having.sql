-- ROLLUP over a join with an expression key, HAVING by GROUPING().
-- tables
CREATE TABLE s (id int PRIMARY KEY, shop int, at date, v numeric(8,2));
CREATE TABLE shop (id int PRIMARY KEY, region text);
INSERT INTO shop VALUES (1, 'eu'), (2, 'us');
INSERT INTO s VALUES (1, 1, '2024-01-05', 10), (2, 1, '2024-02-05', 20), (3, 2, '2024-01-07', 5);
-- query
SELECT region, date_trunc('month', at::timestamp)::date AS month, sum(v) AS v, GROUPING(region) AS g
FROM s JOIN shop ON shop.id = s.shop GROUP BY ROLLUP (region, date_trunc('month', at::timestamp)::date)
HAVING sum(v) > 5 OR GROUPING(region) = 1
-- changes
UPDATE shop SET region = 'eu' WHERE id = 2;
-- refresh
INSERT INTO s VALUES (4, 2, '2024-03-01', 6);
DELETE FROM s WHERE id = 2;
-- refresh
DELETE FROM s;
-- refresh
