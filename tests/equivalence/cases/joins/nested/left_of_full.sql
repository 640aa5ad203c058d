-- a LEFT JOIN (b FULL JOIN c): an inner pair counts when either half matches.
-- tables
CREATE TABLE a (k int PRIMARY KEY);
CREATE TABLE b (k int PRIMARY KEY, x text);
CREATE TABLE c (k int PRIMARY KEY, y text);
INSERT INTO a VALUES (1), (2), (3), (4);
INSERT INTO b VALUES (1, 'b'), (2, 'b');
INSERT INTO c VALUES (2, 'c'), (3, 'c');
-- query
SELECT a.k, m.x, m.y FROM a LEFT JOIN (SELECT coalesce(b.k, c.k) AS k, x, y FROM b FULL JOIN c ON b.k = c.k) m ON m.k = a.k
-- changes
DELETE FROM b WHERE k = 2;
INSERT INTO c VALUES (4, 'c');
-- refresh
DELETE FROM c;
INSERT INTO a VALUES (5);
INSERT INTO b VALUES (5, 'b');
-- refresh
