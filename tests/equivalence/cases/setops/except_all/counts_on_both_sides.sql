-- EXCEPT ALL: as many as the left has more; never less than none.
-- tables
CREATE TABLE a (v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (1), (1), (1), (NULL);
INSERT INTO b VALUES (1), (2), (2);
-- query
SELECT v FROM a EXCEPT ALL SELECT v FROM b
-- changes
INSERT INTO b VALUES (1), (1), (1);
-- refresh
INSERT INTO a VALUES (2), (2), (2), (NULL);
DELETE FROM b WHERE ctid = (SELECT min(ctid) FROM b WHERE v = 1);
-- refresh
DELETE FROM b WHERE v = 1;
INSERT INTO b VALUES (NULL);
-- refresh
DELETE FROM a;
-- refresh
