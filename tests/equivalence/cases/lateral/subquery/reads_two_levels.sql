-- A lateral subquery that reads two tables before it, one of them lateral too.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (id int PRIMARY KEY, a int, v int);
INSERT INTO a VALUES (1, 1), (2, 2);
INSERT INTO b VALUES (1, 1, 10), (2, 1, 20), (3, 2, 30);
-- query
SELECT a.id, x.n, y.s FROM a, LATERAL (SELECT count(*) AS n FROM b WHERE b.a = a.id) x, LATERAL (SELECT sum(b.v) AS s FROM b WHERE b.a = a.id AND b.v > x.n * a.v) y
-- changes
DELETE FROM b WHERE id = 1;
-- refresh
UPDATE a SET v = 40 WHERE id = 2;
INSERT INTO a VALUES (3, 0);
-- refresh
UPDATE b SET a = 3;
-- refresh
