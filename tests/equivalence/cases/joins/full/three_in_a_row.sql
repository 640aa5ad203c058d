-- a FULL JOIN b FULL JOIN c by the merged column.
-- tables
CREATE TABLE a (k int PRIMARY KEY, x text);
CREATE TABLE b (k int PRIMARY KEY, y text);
CREATE TABLE c (k int PRIMARY KEY, z text);
INSERT INTO a VALUES (1, 'a'), (2, 'a');
INSERT INTO b VALUES (2, 'b'), (3, 'b');
INSERT INTO c VALUES (1, 'c'), (3, 'c'), (4, 'c');
-- query
SELECT k, x, y, z FROM a FULL JOIN b USING (k) FULL JOIN c USING (k)
-- changes
INSERT INTO b VALUES (1, 'b'), (4, 'b');
DELETE FROM c WHERE k = 3;
-- refresh
BEGIN;
DELETE FROM a WHERE k = 1;
DELETE FROM b WHERE k = 1;
INSERT INTO a VALUES (9, 'a');
INSERT INTO c VALUES (9, 'c');
COMMIT;
-- refresh
DELETE FROM b;
-- refresh
