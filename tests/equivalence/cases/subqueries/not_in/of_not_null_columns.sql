-- Both sides NOT NULL: a plain anti join.
-- tables
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY);
INSERT INTO a VALUES (1), (2), (3);
INSERT INTO b VALUES (1);
-- query
SELECT id FROM a WHERE id NOT IN (SELECT id FROM b)
-- changes
INSERT INTO b VALUES (2), (4);
INSERT INTO a VALUES (4), (5);
-- refresh
DELETE FROM b WHERE id < 3;
UPDATE a SET id = 40 WHERE id = 4;
-- refresh
