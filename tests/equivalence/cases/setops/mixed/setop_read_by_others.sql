-- EXCEPT ALL from the other side, and of a table with a part of itself.
-- tables
CREATE TABLE a (id serial PRIMARY KEY, v int, w text);
CREATE TABLE b (v int, w text);
INSERT INTO a (v, w) VALUES (1, 'x'), (1, 'x'), (2, 'y'), (NULL, NULL), (NULL, NULL), (3, NULL);
INSERT INTO b VALUES (1, 'x'), (NULL, NULL), (4, 'z'), (4, 'z');
-- query
SELECT v, w FROM b EXCEPT ALL SELECT v, w FROM a
-- stream self
SELECT v FROM a EXCEPT ALL SELECT v FROM a WHERE v > 1
-- changes
INSERT INTO b VALUES (2, 'y');
-- refresh
INSERT INTO a (v, w) VALUES (4, 'z'), (1, 'x'), (5, 'v');
-- refresh
DELETE FROM b WHERE v = 1;
INSERT INTO b VALUES (3, NULL), (3, NULL), (NULL, NULL);
DELETE FROM a WHERE v = 4;
-- refresh
UPDATE a SET v = v + 1;
UPDATE b SET v = v + 1, w = 'x' WHERE v < 4;
-- refresh
DELETE FROM a;
-- refresh
INSERT INTO a (v, w) SELECT v, w FROM b;
INSERT INTO a (v, w) SELECT v, w FROM b;
DELETE FROM b WHERE v IS NULL;
-- refresh
TRUNCATE b;
-- refresh => any
INSERT INTO b VALUES (4, 'z'), (4, 'z'), (4, 'z');
-- refresh
