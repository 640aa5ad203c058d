-- A condition on the left side in ON keeps the row and takes away its matches; in WHERE it takes the row.
-- tables
CREATE TABLE l (id int PRIMARY KEY, ok bool);
CREATE TABLE r (id int PRIMARY KEY, l int);
INSERT INTO l VALUES (1, true), (2, false), (3, NULL);
INSERT INTO r VALUES (1, 1), (2, 2), (3, 3);
-- stream in_on
SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON r.l = l.id AND l.ok
-- stream in_where
SELECT l.id, r.id AS rid FROM l LEFT JOIN r ON r.l = l.id WHERE l.ok
-- changes
UPDATE l SET ok = NOT ok;
-- refresh
UPDATE l SET ok = true WHERE id = 3;
DELETE FROM r WHERE id = 3;
-- refresh
UPDATE l SET ok = NULL;
-- refresh
