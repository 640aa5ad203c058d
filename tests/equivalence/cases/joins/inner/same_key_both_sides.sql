-- One-to-one by primary key: the key of the result is one of them.
-- tables
CREATE TABLE a (id int PRIMARY KEY, x int);
CREATE TABLE b (id int PRIMARY KEY REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE, y int);
INSERT INTO a SELECT i, i FROM generate_series(1, 10) i;
INSERT INTO b SELECT i, -i FROM generate_series(1, 10, 2) i;
-- query
SELECT a.id, x, y FROM a JOIN b ON a.id = b.id
-- changes
UPDATE a SET id = id + 100 WHERE id IN (1, 2, 3);
-- refresh
DELETE FROM a WHERE id = 5;
INSERT INTO b VALUES (4, 4);
UPDATE b SET y = 70 WHERE id = 7;
-- refresh
