-- INTERSECT binds tighter than UNION and EXCEPT; parentheses change it.
-- tables
CREATE TABLE a (v int);
CREATE TABLE b (v int);
CREATE TABLE c (v int);
INSERT INTO a VALUES (1), (2), (3);
INSERT INTO b VALUES (2), (3), (4);
INSERT INTO c VALUES (3), (4), (5);
-- stream s1
SELECT v FROM a UNION SELECT v FROM b INTERSECT SELECT v FROM c
-- stream s2
(SELECT v FROM a UNION SELECT v FROM b) INTERSECT SELECT v FROM c
-- stream s3
SELECT v FROM a EXCEPT (SELECT v FROM b EXCEPT SELECT v FROM c)
-- changes
INSERT INTO c VALUES (1), (2);
DELETE FROM b WHERE v = 3;
-- refresh
DELETE FROM a WHERE v < 3;
-- refresh
DELETE FROM c WHERE v > 2;
INSERT INTO b VALUES (5), (1);
-- refresh
