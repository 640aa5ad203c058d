-- tables
CREATE TABLE c (id int PRIMARY KEY);
CREATE TABLE o (id int PRIMARY KEY, c int, v int);
INSERT INTO c VALUES (1), (2);
INSERT INTO o VALUES (1, 1, 5);
-- query
SELECT c.id, (SELECT sum(v) FROM o WHERE o.c = c.id) AS s FROM c
-- changes
INSERT INTO o VALUES (2, 2, 7), (3, 1, 1);
-- refresh
