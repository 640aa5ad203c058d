-- A WHERE above a FULL JOIN on one side, on the other, and on both.
-- tables
CREATE TABLE l (k int PRIMARY KEY, v int);
CREATE TABLE r (k int PRIMARY KEY, w int);
INSERT INTO l VALUES (1, 1), (2, 2);
INSERT INTO r VALUES (2, 2), (3, 3);
-- stream left_only
SELECT k, v, w FROM l FULL JOIN r USING (k) WHERE v > 0
-- stream unmatched
SELECT k, v, w FROM l FULL JOIN r USING (k) WHERE v IS NULL OR w IS NULL
-- stream differing
SELECT k, v, w FROM l FULL JOIN r USING (k) WHERE v IS DISTINCT FROM w
-- changes
INSERT INTO r VALUES (1, 5);
UPDATE l SET v = 0 WHERE k = 2;
-- refresh
DELETE FROM l;
-- refresh
INSERT INTO l VALUES (3, 3), (4, NULL);
UPDATE r SET w = NULL WHERE k = 1;
-- refresh
