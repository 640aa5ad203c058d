-- (l LEFT JOIN m) RIGHT JOIN r: rows of r without a partner have two NULL sides.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE m (id int PRIMARY KEY, l int);
CREATE TABLE r (id int PRIMARY KEY, k int);
INSERT INTO l VALUES (1, 1), (2, 2);
INSERT INTO m VALUES (1, 1);
INSERT INTO r VALUES (1, 1), (2, 2), (3, 3);
-- query
SELECT l.id AS l, m.id AS m, r.id AS r FROM l LEFT JOIN m ON m.l = l.id RIGHT JOIN r ON r.k = l.k
-- changes
INSERT INTO m VALUES (2, 2), (3, 2);
DELETE FROM l WHERE id = 1;
-- refresh
INSERT INTO l VALUES (3, 3);
INSERT INTO r VALUES (4, 3), (5, NULL);
-- refresh
UPDATE r SET k = 2;
-- refresh
