-- Division: those for whom no requirement lacks its proof.
-- tables
CREATE TABLE who (id int PRIMARY KEY);
CREATE TABLE need (k int PRIMARY KEY);
CREATE TABLE has (who int, k int);
INSERT INTO who VALUES (1), (2);
INSERT INTO need VALUES (1), (2);
INSERT INTO has VALUES (1, 1), (1, 2), (2, 1);
-- query
SELECT id FROM who WHERE NOT EXISTS (SELECT FROM need WHERE NOT EXISTS (SELECT FROM has WHERE has.who = who.id AND has.k = need.k))
-- changes
INSERT INTO has VALUES (2, 2);
-- refresh
INSERT INTO need VALUES (3);
-- refresh
DELETE FROM need;
INSERT INTO who VALUES (9);
-- refresh
