-- A new left row and its first match in one transaction give one row; leaving together, none.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (id int PRIMARY KEY, k int);
-- stream joined
SELECT l.id AS lid, r.id AS rid, l.k FROM l JOIN r ON l.k = r.k
-- stream counted
SELECT l.k, count(*) AS n FROM l JOIN r ON l.k = r.k GROUP BY l.k
-- changes
BEGIN;
INSERT INTO l VALUES (1, 1);
INSERT INTO r VALUES (1, 1);
COMMIT;
-- refresh
BEGIN;
INSERT INTO l VALUES (2, 2), (3, 2);
INSERT INTO r VALUES (2, 2), (3, 2), (4, 1);
COMMIT;
-- refresh
BEGIN;
DELETE FROM l WHERE k = 2;
DELETE FROM r WHERE k = 2;
COMMIT;
-- refresh
BEGIN;
DELETE FROM l;
DELETE FROM r;
INSERT INTO l VALUES (1, 1);
INSERT INTO r VALUES (1, 1);
COMMIT;
-- refresh
