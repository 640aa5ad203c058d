-- The subquery joins two tables; either can break the match.
-- tables
CREATE TABLE o (id int PRIMARY KEY);
CREATE TABLE i (o int, p int);
CREATE TABLE p (id int PRIMARY KEY, ok bool);
INSERT INTO o VALUES (1), (2);
INSERT INTO i VALUES (1, 1), (2, 2);
INSERT INTO p VALUES (1, true), (2, false);
-- query
SELECT id FROM o WHERE EXISTS (SELECT FROM i JOIN p ON p.id = i.p WHERE i.o = o.id AND p.ok)
-- changes
UPDATE p SET ok = NOT ok;
-- refresh
INSERT INTO i VALUES (1, 2);
-- refresh
BEGIN;
DELETE FROM p WHERE id = 2;
INSERT INTO p VALUES (3, true);
INSERT INTO i VALUES (2, 3);
COMMIT;
-- refresh
