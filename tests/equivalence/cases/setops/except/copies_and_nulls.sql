-- EXCEPT takes a value away wholly while one copy is on the right.
-- tables
CREATE TABLE a (v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (1), (1), (2), (NULL);
INSERT INTO b VALUES (1), (1);
-- query
SELECT v FROM a EXCEPT SELECT v FROM b
-- changes
DELETE FROM b WHERE ctid = (SELECT min(ctid) FROM b);
INSERT INTO b VALUES (NULL);
-- refresh
DELETE FROM b;
-- refresh
BEGIN;
INSERT INTO a VALUES (5);
INSERT INTO b VALUES (5), (2);
COMMIT;
-- refresh
DELETE FROM a WHERE v = 1;
-- refresh
