-- (l LEFT JOIN m) JOIN r on a column that may be NULL, and on one that is not.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE m (id int PRIMARY KEY, l int, r int);
CREATE TABLE r (id int PRIMARY KEY, t text);
INSERT INTO l VALUES (1, 1), (2, 2);
INSERT INTO m VALUES (1, 1, 1);
INSERT INTO r VALUES (1, 'one'), (2, 'two');
-- stream by_left
SELECT l.id, m.id AS m, r.t FROM l LEFT JOIN m ON m.l = l.id JOIN r ON r.id = l.k
-- stream by_right
SELECT l.id, m.id AS m, r.t FROM l LEFT JOIN m ON m.l = l.id JOIN r ON r.id = coalesce(m.r, 2)
-- changes
INSERT INTO m VALUES (2, 2, 1), (3, 2, 2);
-- refresh
DELETE FROM m WHERE id = 1;
UPDATE r SET t = upper(t);
-- refresh
DELETE FROM m;
DELETE FROM r WHERE id = 1;
-- refresh
