-- DISTINCT over a join: many witnesses of one row.
-- tables
CREATE TABLE o (id int PRIMARY KEY, c int);
CREATE TABLE i (o int, product text);
INSERT INTO o VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO i VALUES (1, 'pen'), (2, 'pen'), (3, 'ink');
-- query
SELECT DISTINCT o.c, i.product FROM o JOIN i ON i.o = o.id
-- changes
DELETE FROM i WHERE o = 1;
-- refresh
UPDATE o SET c = 2 WHERE id = 2;
INSERT INTO i VALUES (3, 'pen');
-- refresh
DELETE FROM o WHERE id = 3;
-- refresh
