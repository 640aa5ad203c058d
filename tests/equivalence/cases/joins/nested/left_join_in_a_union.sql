-- Outer joins in both branches of UNION ALL, of the same tables the other way round.
-- tables
CREATE TABLE a (k int PRIMARY KEY);
CREATE TABLE b (k int PRIMARY KEY);
INSERT INTO a VALUES (1), (2);
INSERT INTO b VALUES (2), (3);
-- query
SELECT a.k, b.k AS other, 'a' AS side FROM a LEFT JOIN b ON b.k = a.k
UNION ALL
SELECT b.k, a.k, 'b' FROM b LEFT JOIN a ON b.k = a.k
-- changes
INSERT INTO b VALUES (1);
DELETE FROM a WHERE k = 2;
-- refresh
INSERT INTO a VALUES (3), (4);
INSERT INTO b VALUES (4);
-- refresh
