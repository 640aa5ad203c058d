-- FULL JOIN of keyless tables with copies.
-- tables
CREATE TABLE l (k int);
CREATE TABLE r (k int);
INSERT INTO l VALUES (1), (1), (2), (NULL);
INSERT INTO r VALUES (1), (3), (3), (NULL), (NULL);
-- query
SELECT l.k AS l, r.k AS r FROM l FULL JOIN r ON l.k = r.k
-- changes
INSERT INTO l VALUES (3), (NULL);
INSERT INTO r VALUES (2), (1);
-- refresh
DELETE FROM l WHERE ctid = (SELECT min(ctid) FROM l WHERE k = 1);
DELETE FROM r WHERE k IS NULL;
-- refresh
DELETE FROM r;
-- refresh
