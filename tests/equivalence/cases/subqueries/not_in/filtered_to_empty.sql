-- The subquery is empty for one outer row and not for the other; over keyless rows.
-- tables
CREATE TABLE a (g int, v int);
CREATE TABLE b (g int, v int);
INSERT INTO a VALUES (1, 1), (1, 1), (2, NULL), (3, 3);
INSERT INTO b VALUES (1, 1), (3, NULL);
-- query
SELECT g, v FROM a WHERE v NOT IN (SELECT b.v FROM b WHERE b.g = a.g AND b.v IS DISTINCT FROM 9)
-- changes
UPDATE b SET v = 9 WHERE g = 1;
-- refresh
INSERT INTO b VALUES (2, 1);
INSERT INTO a VALUES (1, 1), (2, 2);
-- refresh
DELETE FROM b;
-- refresh
