-- Rows enter and leave a filter by insert, delete and update of either kind of column.
-- tables
CREATE TABLE t (id int PRIMARY KEY, price int, name text);
INSERT INTO t VALUES (1, 5, 'a'), (2, 15, 'b'), (3, NULL, 'c'), (4, 25, NULL);
-- query
SELECT id, name FROM t WHERE price > 10
-- changes
UPDATE t SET price = 20 WHERE id IN (1, 3);
-- refresh
UPDATE t SET price = NULL WHERE id = 2;
UPDATE t SET name = 'still here' WHERE id = 4;
INSERT INTO t VALUES (5, 3, 'no'), (6, 30, 'yes');
-- refresh
UPDATE t SET price = price - 15;
DELETE FROM t WHERE id = 6;
-- refresh
