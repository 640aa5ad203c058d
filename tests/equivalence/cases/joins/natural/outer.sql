-- NATURAL LEFT and NATURAL FULL JOIN by two common columns.
-- tables
CREATE TABLE l (k int, j int, a text, PRIMARY KEY (k, j));
CREATE TABLE r (j int, k int, b text, PRIMARY KEY (k, j));
INSERT INTO l VALUES (1, 1, 'l'), (2, 1, 'l');
INSERT INTO r VALUES (1, 1, 'r'), (3, 3, 'r');
-- stream lefts
SELECT * FROM l NATURAL LEFT JOIN r
-- stream fulls
SELECT * FROM l NATURAL FULL JOIN r
-- changes
INSERT INTO r VALUES (1, 2, 'new');
DELETE FROM r WHERE k = 1;
-- refresh
UPDATE l SET j = 3, k = 3 WHERE k = 1;
-- refresh
