-- EXISTS in EXISTS, the inner one correlated with both levels.
-- tables
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY, a int);
CREATE TABLE c (a int, b int);
INSERT INTO a VALUES (1), (2);
INSERT INTO b VALUES (1, 1), (2, 2);
INSERT INTO c VALUES (1, 1);
-- query
SELECT id FROM a WHERE EXISTS (SELECT FROM b WHERE b.a = a.id AND NOT EXISTS (SELECT FROM c WHERE c.a = a.id AND c.b = b.id))
-- changes
INSERT INTO c VALUES (2, 2);
-- refresh
INSERT INTO b VALUES (3, 1);
DELETE FROM c WHERE a = 2;
-- refresh
BEGIN;
INSERT INTO a VALUES (3);
INSERT INTO b VALUES (4, 3);
INSERT INTO c VALUES (3, 4), (1, 3);
COMMIT;
-- refresh
