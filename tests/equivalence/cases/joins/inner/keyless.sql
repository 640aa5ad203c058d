-- Both sides without keys, with duplicates: multiplicities multiply.
-- tables
CREATE TABLE l (k int, a text);
CREATE TABLE r (k int, b text);
INSERT INTO l VALUES (1, 'x'), (1, 'x'), (2, 'y'), (NULL, 'n');
INSERT INTO r VALUES (1, 'p'), (1, 'p'), (1, 'q'), (NULL, 'n');
-- query
SELECT l.k, a, b FROM l JOIN r ON l.k = r.k
-- changes
INSERT INTO l VALUES (1, 'x'), (2, 'y');
INSERT INTO r VALUES (2, 'z'), (2, 'z');
-- refresh
DELETE FROM r WHERE ctid = (SELECT min(ctid) FROM r WHERE b = 'p');
DELETE FROM l WHERE ctid = (SELECT min(ctid) FROM l WHERE a = 'x');
-- refresh
UPDATE l SET k = 1;
UPDATE r SET b = 'p';
-- refresh
