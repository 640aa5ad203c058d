-- Neither side has a key: copies of left rows and of matches multiply.
-- tables
CREATE TABLE l (k int, a text);
CREATE TABLE r (k int, b text);
INSERT INTO l VALUES (1, 'x'), (1, 'x'), (2, 'y'), (NULL, 'n'), (NULL, 'n');
INSERT INTO r VALUES (1, 'p'), (1, 'p');
-- query
SELECT l.k, a, b FROM l LEFT JOIN r ON l.k = r.k
-- changes
INSERT INTO l VALUES (1, 'x'), (2, 'y');
INSERT INTO r VALUES (2, 'q'), (2, 'q');
-- refresh
DELETE FROM r WHERE ctid = (SELECT min(ctid) FROM r WHERE k = 1);
DELETE FROM l WHERE ctid = (SELECT min(ctid) FROM l WHERE k = 2);
-- refresh
DELETE FROM r WHERE k = 2;
UPDATE l SET k = 1 WHERE k IS NULL;
-- refresh
