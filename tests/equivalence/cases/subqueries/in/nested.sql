-- IN in IN in IN.
-- tables
CREATE TABLE a (id int PRIMARY KEY, b int);
CREATE TABLE b (id int PRIMARY KEY, c int);
CREATE TABLE c (id int PRIMARY KEY, ok bool);
INSERT INTO a VALUES (1, 1), (2, 2);
INSERT INTO b VALUES (1, 1), (2, 2);
INSERT INTO c VALUES (1, true), (2, false);
-- query
SELECT id FROM a WHERE b IN (SELECT id FROM b WHERE c IN (SELECT id FROM c WHERE ok))
-- changes
UPDATE c SET ok = NOT ok;
-- refresh
UPDATE b SET c = 2;
-- refresh
BEGIN;
INSERT INTO c VALUES (3, true);
INSERT INTO b VALUES (3, 3);
INSERT INTO a VALUES (3, 3);
COMMIT;
DELETE FROM c WHERE id = 2;
-- refresh
