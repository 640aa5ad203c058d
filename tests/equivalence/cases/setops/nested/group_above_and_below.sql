-- Set operations between aggregates, and an aggregate above them.
-- tables
CREATE TABLE a (id int PRIMARY KEY, g int);
CREATE TABLE b (id int PRIMARY KEY, g int);
INSERT INTO a VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO b VALUES (1, 1), (2, 2);
-- query
SELECT n, count(*) AS c FROM (SELECT g, count(*) AS n FROM a GROUP BY g EXCEPT SELECT g, count(*) FROM b GROUP BY g) x GROUP BY n
-- changes
INSERT INTO b VALUES (3, 1);
-- refresh
INSERT INTO a VALUES (4, 2), (5, 3), (6, 3);
-- refresh
DELETE FROM b;
-- refresh
