-- DISTINCT over UNION ALL is UNION.
-- mode: any
-- tables
CREATE TABLE a (v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (1), (1);
INSERT INTO b VALUES (1), (2);
-- query
SELECT DISTINCT v FROM (SELECT v FROM a UNION ALL SELECT v FROM b) x
-- changes
DELETE FROM a;
INSERT INTO b VALUES (NULL), (NULL);
-- refresh
DELETE FROM b WHERE v = 1;
-- refresh
