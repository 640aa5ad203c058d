-- An aggregate over UNION ALL of two tables, one of them twice.
-- tables
CREATE TABLE a (id int PRIMARY KEY, g int, v int);
CREATE TABLE b (g int, v int);
INSERT INTO a VALUES (1, 1, 1), (2, 2, 2);
INSERT INTO b VALUES (1, 10), (1, 10), (3, 30);
-- query
SELECT g, count(*) AS n, sum(v) AS s, max(v) AS hi
FROM (SELECT g, v FROM a UNION ALL SELECT g, v FROM b UNION ALL SELECT g + 1, -v FROM a WHERE v > 1) u GROUP BY g
-- changes
UPDATE a SET v = v + 1;
INSERT INTO b VALUES (2, 20);
-- refresh
DELETE FROM b WHERE ctid = (SELECT min(ctid) FROM b WHERE g = 1);
DELETE FROM a WHERE id = 2;
-- refresh
INSERT INTO a VALUES (5, 1, 50);
UPDATE b SET g = 2;
-- refresh
