-- The key of a left row, of a match, and the join column move, in one transaction.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (id int PRIMARY KEY, k int);
INSERT INTO l VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO r VALUES (1, 1), (2, 2);
-- query
SELECT l.id, l.k, r.id AS rid FROM l LEFT JOIN r ON r.k = l.k
-- changes
BEGIN;
UPDATE l SET id = id + 10;
UPDATE r SET k = 3 WHERE id = 1;
COMMIT;
-- refresh
UPDATE r SET id = 5, k = 1 WHERE id = 1;
UPDATE l SET k = 4 - k;
-- refresh
