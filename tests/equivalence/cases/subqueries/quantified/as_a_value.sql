-- = ALL and < ANY in the SELECT list, with NOT and IS NOT TRUE.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (1, 1), (2, 2), (3, NULL);
INSERT INTO b VALUES (2);
-- query
SELECT id, v = ALL (SELECT v FROM b) AS every, (v < ANY (SELECT v FROM b)) IS NOT TRUE AS not_less, NOT v >= ALL (SELECT v FROM b) AS n FROM a
-- changes
INSERT INTO b VALUES (1), (NULL);
-- refresh
DELETE FROM b;
-- refresh
