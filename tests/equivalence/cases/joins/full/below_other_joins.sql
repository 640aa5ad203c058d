-- A FULL JOIN under inner joins, on the side of outer joins that stays, on the one that may be missing, beside another one.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int, v int);
CREATE TABLE r (id int PRIMARY KEY, k int, w int);
CREATE TABLE m (id int PRIMARY KEY, k int);
INSERT INTO l VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3), (4, NULL, 4);
INSERT INTO r VALUES (1, 1, 10), (2, 2, 20), (3, 5, 50), (4, NULL, 40);
INSERT INTO m VALUES (1, 1), (2, 3), (3, 5), (4, 5), (5, NULL);
-- stream inner_above
SELECT l.id AS l, r.id AS r, m.id AS m FROM l FULL JOIN r ON l.k = r.k JOIN m ON m.k = coalesce(l.k, r.k)
-- stream left_above
SELECT l.id AS l, r.id AS r, m.id AS m FROM l FULL JOIN r ON l.k = r.k LEFT JOIN m ON m.k = r.k
-- stream right_above
SELECT l.id AS l, r.id AS r, m.id AS m FROM m RIGHT JOIN (l FULL JOIN r ON l.k = r.k) ON m.k = l.k
-- stream may_be_missing
SELECT l.id AS l, r.id AS r, m.id AS m FROM m LEFT JOIN (l FULL JOIN r ON l.k = r.k) ON m.k = l.k
-- stream listed
SELECT l.id AS l, r.id AS r, m.id AS m FROM m, l FULL JOIN r ON l.k = r.k WHERE m.id = l.id OR m.id = r.id
-- stream twice
SELECT a.id AS a, b.id AS b, c.id AS c, d.id AS d FROM l a FULL JOIN r b ON a.k = b.k, m c FULL JOIN l d ON c.k = d.k WHERE a.id = d.id
-- stream joined_sides
SELECT l.id AS l, m.id AS m, r.id AS r, n.id AS n FROM (l JOIN m ON m.k = l.k) FULL JOIN (r LEFT JOIN m n ON n.k = r.k) ON l.k = r.k AND m.id < 5
-- stream with_names
SELECT * FROM (l FULL JOIN r ON l.k = r.k) j (a, b, c, d, e, f)
-- changes
UPDATE l SET k = 5 WHERE id = 3;
DELETE FROM r WHERE id = 2;
-- refresh
UPDATE m SET k = k + 1;
INSERT INTO r VALUES (7, 2, 70), (8, 6, 80);
-- refresh
UPDATE l SET k = NULL WHERE id = 1;
UPDATE r SET k = 6 WHERE id = 4;
DELETE FROM m WHERE id = 2;
-- refresh
DELETE FROM l;
-- refresh
DELETE FROM r;
INSERT INTO l VALUES (9, 6, 9);
-- refresh
