-- NULL keys on both sides stay apart, once each.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (id int PRIMARY KEY, k int);
INSERT INTO l VALUES (1, NULL), (2, 2);
INSERT INTO r VALUES (1, NULL), (2, NULL);
-- query
SELECT l.id AS l, r.id AS r, l.k AS lk, r.k AS rk FROM l FULL JOIN r ON l.k = r.k
-- changes
UPDATE r SET k = 2 WHERE id = 2;
UPDATE l SET k = 7 WHERE id = 1;
-- refresh
UPDATE l SET k = NULL;
UPDATE r SET k = NULL;
-- refresh
