-- INTERSECT: the second half arrives one refresh after the first; then both leave at once.
-- tables
CREATE TABLE a (v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (9);
INSERT INTO b VALUES (9);
-- query
SELECT v FROM a INTERSECT SELECT v FROM b
-- changes
INSERT INTO a VALUES (1), (1), (NULL);
-- refresh
INSERT INTO b VALUES (1), (NULL);
-- refresh
DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a WHERE v = 1);
INSERT INTO b VALUES (2);
-- refresh
INSERT INTO a VALUES (2);
DELETE FROM b WHERE v = 1;
-- refresh
BEGIN;
DELETE FROM a WHERE v = 2;
DELETE FROM b WHERE v = 2;
COMMIT;
-- refresh
