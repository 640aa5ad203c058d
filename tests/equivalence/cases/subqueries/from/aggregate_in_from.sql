-- An aggregate in FROM, filtered and joined.
-- tables
CREATE TABLE o (id int PRIMARY KEY, cust int, amount int);
CREATE TABLE c (id int PRIMARY KEY, name text);
INSERT INTO c SELECT i, 'c' || i FROM generate_series(1, 5) i;
INSERT INTO o SELECT i, i % 5 + 1, i FROM generate_series(1, 25) i;
-- query
SELECT c.name, x.n, x.s FROM c JOIN (SELECT cust, count(*) AS n, sum(amount) AS s FROM o GROUP BY cust) x ON x.cust = c.id WHERE x.s > 30
-- changes
UPDATE o SET amount = amount + 10 WHERE cust = 1;
-- refresh
DELETE FROM o WHERE cust = 2;
UPDATE c SET name = upper(name) WHERE id IN (2, 3);
UPDATE o SET cust = 3 WHERE cust = 4;
-- refresh
INSERT INTO o VALUES (100, 2, 100);
DELETE FROM c WHERE id = 1;
-- refresh
