-- IN (SELECT ...): duplicates inside do not multiply, and a row counts once.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (1, 1), (2, 2), (3, NULL);
INSERT INTO b VALUES (1), (1), (NULL);
-- query
SELECT id, v FROM a WHERE v IN (SELECT v FROM b)
-- changes
INSERT INTO b VALUES (2), (2);
-- refresh
DELETE FROM b WHERE ctid = (SELECT min(ctid) FROM b WHERE v = 1);
DELETE FROM b WHERE v = 2;
UPDATE a SET v = 1 WHERE id = 3;
-- refresh
BEGIN;
INSERT INTO a VALUES (4, 4);
INSERT INTO b VALUES (4);
DELETE FROM b WHERE v = 1;
COMMIT;
-- refresh
