-- Columns that depend on the grouped primary key, of one table of a join.
-- tables
CREATE TABLE c (id int PRIMARY KEY, name text, city text);
CREATE TABLE o (id int PRIMARY KEY, c int, v int);
INSERT INTO c VALUES (1, 'ada', 'x'), (2, 'bob', NULL);
INSERT INTO o VALUES (1, 1, 1), (2, 1, 2), (3, 2, 3);
-- query
SELECT c.id, c.name, upper(c.city) AS city, sum(o.v) AS s FROM c JOIN o ON o.c = c.id GROUP BY c.id
-- changes
UPDATE c SET name = upper(name), city = 'q';
-- refresh
UPDATE o SET c = 2;
-- refresh
INSERT INTO c VALUES (3, 'eve', NULL);
INSERT INTO o VALUES (4, 3, NULL);
-- refresh
