-- INTERSECT ALL keeps the smaller count, whichever side has it.
-- tables
CREATE TABLE a (v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (1);
-- query
SELECT v FROM a INTERSECT ALL SELECT v FROM b
-- changes
INSERT INTO b VALUES (1), (1), (1);
-- refresh
INSERT INTO a VALUES (1), (2), (NULL), (NULL);
-- refresh
INSERT INTO b VALUES (NULL), (2);
DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a WHERE v = 1);
-- refresh
DELETE FROM b WHERE v = 1;
-- refresh
