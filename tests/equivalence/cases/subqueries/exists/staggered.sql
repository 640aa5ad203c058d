-- The match arrives before its row, with it, and after it; it goes in the same three ways.
-- tables
CREATE TABLE o (id int PRIMARY KEY);
CREATE TABLE i (o int);
INSERT INTO o VALUES (1);
-- query
SELECT id FROM o WHERE EXISTS (SELECT 1 FROM i WHERE i.o = o.id)
-- changes
INSERT INTO i VALUES (2);
-- refresh
INSERT INTO o VALUES (2);
INSERT INTO i VALUES (1);
-- refresh
BEGIN;
INSERT INTO o VALUES (3);
INSERT INTO i VALUES (3), (3), (3);
DELETE FROM i WHERE o = 1;
COMMIT;
-- refresh
DELETE FROM i WHERE ctid = (SELECT min(ctid) FROM i WHERE o = 3);
-- refresh
BEGIN;
DELETE FROM o WHERE id = 3;
DELETE FROM i WHERE o = 3;
COMMIT;
-- refresh
