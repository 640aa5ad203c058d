-- USING (k) AS x: the merged columns by a name of their own.
-- tables
CREATE TABLE l (k int PRIMARY KEY, a int);
CREATE TABLE r (k int PRIMARY KEY, a int);
INSERT INTO l VALUES (1, 1), (2, 2);
INSERT INTO r VALUES (1, 10);
-- query
SELECT x.k, l.a AS la, r.a AS ra FROM l JOIN r USING (k) AS x
-- changes
INSERT INTO r VALUES (2, 20);
UPDATE l SET a = 5 WHERE k = 1;
-- refresh
DELETE FROM l WHERE k = 2;
-- refresh
