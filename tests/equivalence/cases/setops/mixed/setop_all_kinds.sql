-- Every set operation, both sides moving in turn and together, NULLs and duplicates on both.
-- tables
CREATE TABLE a (id serial PRIMARY KEY, v int, w text);
CREATE TABLE b (v int, w text);
INSERT INTO a (v, w) VALUES (1, 'x'), (1, 'x'), (2, 'y'), (NULL, NULL), (NULL, NULL), (3, NULL);
INSERT INTO b VALUES (1, 'x'), (NULL, NULL), (4, 'z'), (4, 'z');
-- query
SELECT v, w FROM a UNION SELECT v, w FROM b
-- stream i
SELECT v, w FROM a INTERSECT SELECT v, w FROM b
-- stream ia
SELECT v, w FROM a INTERSECT ALL SELECT v, w FROM b
-- stream e
SELECT v, w FROM a EXCEPT SELECT v, w FROM b
-- stream ea
SELECT v, w FROM a EXCEPT ALL SELECT v, w FROM b
-- stream above (v, n)
SELECT v + 1, 'q' FROM ea UNION ALL SELECT v, w FROM ia
-- changes
INSERT INTO b VALUES (2, 'y');
-- refresh
INSERT INTO a (v, w) VALUES (4, 'z'), (1, 'x'), (5, 'v');
-- refresh
DELETE FROM b WHERE v = 1;
INSERT INTO b VALUES (3, NULL), (3, NULL), (NULL, NULL);
DELETE FROM a WHERE v = 4;
-- refresh
UPDATE a SET v = v + 1;
UPDATE b SET v = v + 1, w = 'x' WHERE v < 4;
-- refresh
DELETE FROM a;
-- refresh
INSERT INTO a (v, w) SELECT v, w FROM b;
INSERT INTO a (v, w) SELECT v, w FROM b;
DELETE FROM b WHERE v IS NULL;
-- refresh
TRUNCATE b;
-- refresh => any
INSERT INTO b VALUES (4, 'z'), (4, 'z'), (4, 'z');
-- refresh
