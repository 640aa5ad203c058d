-- DISTINCT over a LEFT JOIN: the NULL row is shared by all without a match.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (k int PRIMARY KEY, n text);
INSERT INTO l VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO r VALUES (1, 'one');
-- query
SELECT DISTINCT r.n FROM l LEFT JOIN r ON r.k = l.k
-- changes
INSERT INTO r VALUES (2, 'two'), (3, 'two');
-- refresh
DELETE FROM r WHERE k = 3;
-- refresh
DELETE FROM r WHERE k IN (1, 2);
INSERT INTO l VALUES (4, 1);
-- refresh
