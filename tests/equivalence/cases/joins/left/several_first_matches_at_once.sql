-- k first matches replace one row with NULLs by k rows; all leaving at once bring it back.
-- tables
CREATE TABLE l (id int PRIMARY KEY);
CREATE TABLE r (l int, b text);
INSERT INTO l VALUES (1), (2), (3);
INSERT INTO r VALUES (3, 'z');
-- stream joined
SELECT l.id, r.b FROM l LEFT JOIN r ON r.l = l.id
-- stream counted
SELECT count(*) AS n, count(b) AS m FROM l LEFT JOIN r ON r.l = l.id
-- changes
INSERT INTO r VALUES (1, 'a'), (1, 'a'), (1, 'b'), (2, NULL), (2, NULL);
-- refresh
DELETE FROM r WHERE l = 1;
-- refresh
UPDATE r SET l = 1 WHERE l = 2;
-- refresh
DELETE FROM r;
-- refresh
