-- A branch with its own ORDER BY and LIMIT.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (id int PRIMARY KEY, v int);
INSERT INTO a VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO b VALUES (1, 1);
-- query
(SELECT id, v FROM a ORDER BY v DESC, id LIMIT 2) UNION ALL SELECT id, v FROM b
-- changes
DELETE FROM a WHERE id = 3;
INSERT INTO b VALUES (2, 2);
-- refresh
INSERT INTO a VALUES (9, 9), (8, 8);
-- refresh
