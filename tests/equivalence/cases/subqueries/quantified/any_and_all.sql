-- op ANY and op ALL: over nothing, over NULLs, over duplicates.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (1, 1), (2, 5), (3, 9), (4, NULL);
-- stream more_than_any
SELECT id FROM a WHERE v > ANY (SELECT v FROM b)
-- stream more_than_all
SELECT id FROM a WHERE v > ALL (SELECT v FROM b)
-- stream unlike_any
SELECT id FROM a WHERE v <> ANY (SELECT v FROM b)
-- changes
INSERT INTO b VALUES (1), (5), (5);
-- refresh
INSERT INTO b VALUES (NULL);
-- refresh
DELETE FROM b WHERE v = 5;
-- refresh
DELETE FROM b WHERE v IS NULL;
UPDATE a SET v = 1;
-- refresh
