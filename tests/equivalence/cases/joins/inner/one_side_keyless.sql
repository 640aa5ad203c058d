-- A keyed table with a keyless one.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (k int, b text);
INSERT INTO l VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO r VALUES (1, 'p'), (1, 'p'), (2, NULL);
-- query
SELECT l.id, r.b FROM l, r WHERE l.k = r.k
-- changes
INSERT INTO r VALUES (1, 'p'), (2, NULL);
UPDATE l SET k = 2 WHERE id = 2;
-- refresh
DELETE FROM r WHERE ctid = (SELECT max(ctid) FROM r WHERE b IS NULL);
DELETE FROM l WHERE id = 1;
-- refresh
