-- The column merged by USING: of two types, in expressions and conditions, NULL on either side, several at once.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int, c varchar(5), v int);
CREATE TABLE r (id int PRIMARY KEY, k bigint, c text, w int);
INSERT INTO l VALUES (1, 1, 'a', 1), (2, 2, 'b', 2), (3, NULL, 'c', 3), (4, 4, NULL, 4);
INSERT INTO r VALUES (1, 1, 'a', 1), (2, 2, 'x', 2), (3, NULL, 'c', 3), (5, 5, NULL, 5);
-- stream one
SELECT k, v, w FROM l FULL JOIN r USING (k)
-- stream two
SELECT k, c, v, w FROM l FULL JOIN r USING (k, c)
-- stream computed
SELECT k + 1 AS next, l.k AS lk, r.k AS rk, k IS NULL AS none, CASE WHEN v > w THEN 'more' END AS kind FROM l FULL JOIN r USING (k) WHERE k IS NULL OR k < 5
-- stream by_every_name
SELECT id, k, c, v, w FROM l FULL JOIN r USING (id, k, c)
-- stream same_names
SELECT * FROM l NATURAL FULL JOIN r
-- changes
UPDATE l SET k = 5 WHERE id = 4;
INSERT INTO r VALUES (6, 2, 'b', NULL);
DELETE FROM r WHERE id = 1;
-- refresh
UPDATE r SET k = NULL, c = NULL;
-- refresh
UPDATE r SET k = id, c = 'a';
UPDATE l SET c = 'a', k = NULL WHERE id < 3;
-- refresh
DELETE FROM l;
-- refresh
