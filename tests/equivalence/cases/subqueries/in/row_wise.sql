-- (a, b) IN (SELECT ...), with NULL in either column of either side.
-- tables
CREATE TABLE a (id int PRIMARY KEY, x int, y text);
CREATE TABLE b (x int, y text);
INSERT INTO a VALUES (1, 1, 'p'), (2, 2, NULL), (3, NULL, 'q'), (4, 4, 's');
INSERT INTO b VALUES (1, 'p'), (2, 'q');
-- stream ins
SELECT id FROM a WHERE (x, y) IN (SELECT x, y FROM b)
-- stream outs
SELECT id FROM a WHERE (x, y) NOT IN (SELECT x, y FROM b)
-- changes
INSERT INTO b VALUES (NULL, 's'), (4, 's');
-- refresh
DELETE FROM b WHERE x IS NULL;
UPDATE a SET y = 'q' WHERE id = 2;
-- refresh
DELETE FROM b;
-- refresh
