-- GROUP BY over a UNION.
-- tables
CREATE TABLE a (g int, v int);
CREATE TABLE b (g int, v int);
INSERT INTO a VALUES (1, 1), (1, 1), (2, 5);
INSERT INTO b VALUES (1, 1), (2, 6);
-- query
SELECT g, count(*) AS n, sum(v) AS s FROM (SELECT g, v FROM a UNION SELECT g, v FROM b) x GROUP BY g
-- changes
DELETE FROM b WHERE g = 1;
INSERT INTO b VALUES (2, 5), (3, NULL);
-- refresh
DELETE FROM a;
-- refresh
