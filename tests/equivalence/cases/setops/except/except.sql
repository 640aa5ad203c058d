-- tables
CREATE TABLE a (v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (1), (1), (2);
-- query
SELECT v FROM a EXCEPT SELECT v FROM b
-- changes
INSERT INTO b VALUES (1);
-- refresh
