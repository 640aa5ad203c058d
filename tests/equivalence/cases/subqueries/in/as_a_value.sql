-- IN as a value is NULL when it is not found and a NULL was there.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (1, 1), (2, 2), (3, NULL);
INSERT INTO b VALUES (1);
-- query
SELECT id, v IN (SELECT v FROM b) AS found, (v NOT IN (SELECT v FROM b)) IS NULL AS unknown,
       CASE WHEN v IN (SELECT v FROM b) THEN 'in' ELSE 'out' END AS c
FROM a
-- changes
INSERT INTO b VALUES (NULL);
-- refresh
DELETE FROM b WHERE v = 1;
-- refresh
DELETE FROM b;
-- refresh
INSERT INTO b VALUES (2), (NULL);
UPDATE a SET v = 2;
-- refresh
