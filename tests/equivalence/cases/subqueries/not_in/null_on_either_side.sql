-- tables
CREATE TABLE a (v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (1), (2), (NULL);
INSERT INTO b VALUES (1);
-- query
SELECT v FROM a WHERE v NOT IN (SELECT v FROM b)
-- changes
INSERT INTO b VALUES (NULL);
-- refresh
DELETE FROM b;
-- refresh
