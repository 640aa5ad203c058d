-- Three tables in a chain; the middle one, then all three change in one transaction.
-- tables
CREATE TABLE a (id int PRIMARY KEY, x text);
CREATE TABLE ab (aid int, bid int, PRIMARY KEY (aid, bid));
CREATE TABLE b (id int PRIMARY KEY, y text);
INSERT INTO a SELECT i, 'a' || i FROM generate_series(1, 6) i;
INSERT INTO b SELECT i, 'b' || i FROM generate_series(1, 6) i;
INSERT INTO ab SELECT i, j FROM generate_series(1, 6) i, generate_series(1, 6) j WHERE (i + j) % 3 = 0;
-- query
SELECT a.x, b.y FROM a JOIN ab ON ab.aid = a.id JOIN b ON b.id = ab.bid
-- changes
DELETE FROM ab WHERE aid = 1;
INSERT INTO ab VALUES (1, 1), (1, 6);
-- refresh
BEGIN;
UPDATE a SET x = x || '+' WHERE id <= 3;
UPDATE b SET y = y || '+' WHERE id <= 3;
DELETE FROM ab WHERE bid = 3;
INSERT INTO ab VALUES (2, 2), (3, 2);
DELETE FROM a WHERE id = 6;
COMMIT;
-- refresh
DELETE FROM b WHERE id = 2;
INSERT INTO b VALUES (2, 'back');
-- refresh
