-- IN a subquery with GROUP BY and HAVING (the big spenders).
-- tables
CREATE TABLE o (id int PRIMARY KEY, c int, v int);
INSERT INTO o VALUES (1, 1, 5), (2, 1, 6), (3, 2, 1);
-- query
SELECT id, c, v FROM o WHERE c IN (SELECT c FROM o GROUP BY c HAVING sum(v) > 10)
-- changes
INSERT INTO o VALUES (4, 2, 10);
-- refresh
UPDATE o SET v = 1 WHERE id = 1;
-- refresh
UPDATE o SET c = 2;
-- refresh
