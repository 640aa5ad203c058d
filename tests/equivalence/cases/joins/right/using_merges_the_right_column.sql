-- USING under RIGHT JOIN takes the right side's value.
-- tables
CREATE TABLE l (k int PRIMARY KEY, a text);
CREATE TABLE r (k int PRIMARY KEY, b text);
INSERT INTO l VALUES (1, 'a1');
INSERT INTO r VALUES (1, 'b1'), (2, 'b2');
-- query
SELECT k, a, b FROM l RIGHT JOIN r USING (k)
-- changes
INSERT INTO l VALUES (2, 'a2'), (3, 'a3');
-- refresh
INSERT INTO r VALUES (3, 'b3');
DELETE FROM l WHERE k = 1;
-- refresh
