-- ON has more than the key: one side's column, both sides', an OR, no key at all; subqueries, windows, DISTINCT and whole rows above.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int, v int);
CREATE TABLE r (id int PRIMARY KEY, k int, w int);
INSERT INTO l VALUES (1, 1, 1), (2, 2, 2), (3, 2, 3), (4, NULL, 4);
INSERT INTO r VALUES (1, 1, 10), (2, 2, 2), (3, 2, 3), (4, NULL, 4), (5, 7, NULL);
-- stream one_side
SELECT l.id AS l, r.id AS r FROM l FULL JOIN r ON l.k = r.k AND l.v > 1
-- stream both_sides
SELECT l.id AS l, r.id AS r FROM l FULL JOIN r ON l.k = r.k AND l.v < r.w
-- stream always
SELECT l.id AS l, r.id AS r FROM l FULL JOIN r ON true
-- stream never
SELECT l.id AS l, r.id AS r FROM l FULL JOIN r ON false
-- stream subquery_above
SELECT l.id AS l, r.id AS r, (SELECT count(*) FROM r x WHERE x.k = l.k) AS n FROM l FULL JOIN r ON l.k = r.k WHERE NOT EXISTS (SELECT FROM l y WHERE y.id = r.w)
-- stream whole_rows
SELECT l IS NULL AS no_l, r IS NOT NULL AS full_r, (l).v, (r).w FROM l FULL JOIN r ON l.k = r.k
-- stream ranked
SELECT l.id AS l, r.id AS r, rank() OVER (PARTITION BY l.k ORDER BY r.id, l.id) AS place FROM l FULL JOIN r ON l.k = r.k
-- stream different
SELECT DISTINCT l.k AS l, r.k AS r FROM l FULL JOIN r ON l.k = r.k
-- stream divided
SELECT l.id AS l, r.id AS r, 100 / coalesce(nullif(v, 0), 1) AS part FROM l FULL JOIN r ON l.k = r.k
-- changes
UPDATE l SET v = v - 1;
INSERT INTO r VALUES (6, 1, 0);
-- refresh
UPDATE r SET k = 2 WHERE id IN (4, 5);
UPDATE l SET k = 7 WHERE id = 4;
-- refresh
DELETE FROM r WHERE k = 2;
-- refresh
DELETE FROM l WHERE id <> 4;
INSERT INTO r VALUES (9, 7, 9);
-- refresh
