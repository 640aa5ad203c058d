-- A type without equality carried through a join of keyed tables.
-- tables
CREATE TABLE l (id int PRIMARY KEY, p point, b box);
CREATE TABLE r (id int PRIMARY KEY, l int, c circle);
INSERT INTO l VALUES (1, '(1,1)', '((0,0),(1,1))'), (2, NULL, NULL);
INSERT INTO r VALUES (1, 1, '<(0,0),1>'), (2, 2, NULL);
-- query
SELECT l.id, p, b, c, p <-> point '(0,0)' AS dist FROM l JOIN r ON r.l = l.id
-- changes
UPDATE l SET p = '(1,1.0000001)';
UPDATE r SET c = '<(0,0),2>' WHERE id = 2;
-- refresh
DELETE FROM r WHERE id = 1;
INSERT INTO r VALUES (3, 1, NULL);
-- refresh
