-- UNION ALL of two tables with equal rows on both sides.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v text);
CREATE TABLE b (v text);
INSERT INTO a VALUES (1, 'x'), (2, 'y');
INSERT INTO b VALUES ('x'), ('x'), (NULL);
-- query
SELECT v FROM a UNION ALL SELECT v FROM b
-- changes
INSERT INTO b VALUES ('y');
DELETE FROM a WHERE id = 1;
-- refresh
UPDATE a SET v = NULL;
DELETE FROM b WHERE ctid = (SELECT min(ctid) FROM b WHERE v = 'x');
-- refresh
DELETE FROM b;
-- refresh
