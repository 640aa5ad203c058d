-- LIMIT in an EXISTS does not matter unless it is 0; a UNION ALL of two sources does.
-- tables
CREATE TABLE o (id int PRIMARY KEY);
CREATE TABLE i (o int);
CREATE TABLE j (o int);
INSERT INTO o VALUES (1), (2), (3);
INSERT INTO i VALUES (1);
-- query
SELECT id FROM o WHERE EXISTS (SELECT FROM i WHERE i.o = o.id UNION ALL SELECT FROM j WHERE j.o = o.id LIMIT 1)
-- changes
INSERT INTO j VALUES (2), (1);
-- refresh
DELETE FROM i;
-- refresh
DELETE FROM j WHERE o = 2;
INSERT INTO i VALUES (3);
-- refresh
