-- tables
CREATE TABLE a (v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (1), (1), (2), (NULL), (NULL);
INSERT INTO b VALUES (1), (NULL);
-- query
SELECT v FROM a INTERSECT ALL SELECT v FROM b
-- changes
INSERT INTO b VALUES (1), (1), (NULL);
-- refresh
