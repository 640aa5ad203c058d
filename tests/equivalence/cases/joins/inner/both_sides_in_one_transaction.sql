-- Left and right change together: old with new must not meet twice, or not at all.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int, a text);
CREATE TABLE r (id int PRIMARY KEY, k int, b text);
INSERT INTO l SELECT i, i % 4, 'l' || i FROM generate_series(1, 12) i;
INSERT INTO r SELECT i, i % 4, 'r' || i FROM generate_series(1, 8) i;
-- query
SELECT l.id AS lid, r.id AS rid, a, b FROM l JOIN r USING (k)
-- changes
BEGIN;
UPDATE l SET k = k + 1 WHERE id <= 6;
UPDATE r SET k = k + 1 WHERE id <= 4;
COMMIT;
-- refresh
BEGIN;
UPDATE l SET a = a || '!';
UPDATE r SET b = b || '!';
DELETE FROM l WHERE id = 1;
DELETE FROM r WHERE id = 1;
COMMIT;
-- refresh
BEGIN;
UPDATE l SET k = 50 + id;
UPDATE r SET k = 50 + id;
COMMIT;
-- refresh
