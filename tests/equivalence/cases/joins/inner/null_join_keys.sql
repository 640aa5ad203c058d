-- NULL join keys never match with =, on either side, before and after they change.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (id int PRIMARY KEY, k int);
INSERT INTO l VALUES (1, NULL), (2, 2), (3, 3);
INSERT INTO r VALUES (1, NULL), (2, 2), (3, NULL);
-- query
SELECT l.id AS lid, r.id AS rid, l.k FROM l JOIN r ON l.k = r.k
-- changes
UPDATE l SET k = NULL WHERE id = 2;
UPDATE r SET k = 3 WHERE id = 3;
-- refresh
UPDATE l SET k = 2 WHERE id = 1;
UPDATE r SET k = NULL WHERE id = 3;
-- refresh
UPDATE l SET k = NULL;
-- refresh
