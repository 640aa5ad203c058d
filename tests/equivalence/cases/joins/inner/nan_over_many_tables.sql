-- Sums over a join of many tables: a NaN cannot be subtracted again, whichever group of whichever table it was in.
-- tables
CREATE TABLE a (id int PRIMARY KEY, b int, v numeric(8,2));
CREATE TABLE b (id int PRIMARY KEY, c int, w numeric(8,2));
CREATE TABLE c (id int PRIMARY KEY, d int);
CREATE TABLE d (id int PRIMARY KEY, e int);
CREATE TABLE e (id int PRIMARY KEY, name text);
INSERT INTO e VALUES (1, 'x'), (2, NULL), (3, 'z');
INSERT INTO d SELECT i, i FROM generate_series(1, 3) i;
INSERT INTO c SELECT i, i FROM generate_series(1, 3) i;
INSERT INTO b SELECT i, 1 + i % 3, i FROM generate_series(1, 9) i;
INSERT INTO a SELECT i, 1 + i % 9, i FROM generate_series(1, 60) i;
-- query
SELECT e.name, sum(a.v * b.w) AS s, avg(a.v) AS m, sum(CASE WHEN a.id % 2 = 0 THEN a.v * b.w ELSE 1 END) AS half, count(*) AS n FROM a, b, c, d, e WHERE a.b = b.id AND b.c = c.id AND c.d = d.id AND d.e = e.id GROUP BY e.name
-- changes
UPDATE a SET v = 'NaN' WHERE id IN (3, 4);
UPDATE a SET v = v + 1 WHERE id > 50;
-- refresh
UPDATE a SET v = 7 WHERE id = 3;
UPDATE b SET w = 'NaN' WHERE id = 5;
-- refresh
UPDATE a SET v = 8 WHERE id = 4;
UPDATE b SET w = 2, c = 2 WHERE id = 5;
UPDATE e SET name = NULL WHERE id = 3;
-- refresh
DELETE FROM a WHERE id % 3 = 0;
UPDATE c SET d = 1;
-- refresh
