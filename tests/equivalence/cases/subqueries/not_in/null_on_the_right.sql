-- The first NULL on the right empties the result; the last one leaving fills it.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (id int PRIMARY KEY, v int);
INSERT INTO a VALUES (1, 1), (2, 2), (3, NULL);
INSERT INTO b VALUES (1, 1);
-- query
SELECT id FROM a WHERE v NOT IN (SELECT v FROM b)
-- changes
INSERT INTO b VALUES (2, NULL), (3, NULL);
-- refresh
DELETE FROM b WHERE id = 2;
INSERT INTO a VALUES (4, 4);
-- refresh
BEGIN;
DELETE FROM b WHERE id = 3;
INSERT INTO a VALUES (5, 5);
INSERT INTO b VALUES (5, 5);
COMMIT;
-- refresh
DELETE FROM b;
-- refresh
