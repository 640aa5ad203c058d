-- LIKE ANY of patterns in a table.
-- tables
CREATE TABLE a (id int PRIMARY KEY, s text);
CREATE TABLE p (pattern text);
INSERT INTO a VALUES (1, 'apple'), (2, 'Bob'), (3, NULL), (4, 'banana');
INSERT INTO p VALUES ('a%');
-- query
SELECT id, s FROM a WHERE s LIKE ANY (SELECT pattern FROM p)
-- changes
INSERT INTO p VALUES ('%b%'), ('%an%');
-- refresh
DELETE FROM p WHERE pattern = 'a%';
UPDATE a SET s = 'crab' WHERE id = 1;
-- refresh
