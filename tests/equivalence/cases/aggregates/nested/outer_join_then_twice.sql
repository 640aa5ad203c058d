-- Count of counts over a LEFT JOIN (TPC-H 13).
-- tables
CREATE TABLE c (id int PRIMARY KEY);
CREATE TABLE o (id int PRIMARY KEY, c int, note text);
INSERT INTO c SELECT generate_series(1, 5);
INSERT INTO o VALUES (1, 1, 'x'), (2, 1, 'special'), (3, 2, 'y');
-- query
SELECT n, count(*) AS customers FROM (SELECT c.id, count(o.id) AS n FROM c LEFT JOIN o ON o.c = c.id AND o.note NOT LIKE '%special%' GROUP BY c.id) x GROUP BY n
-- changes
UPDATE o SET note = 'plain' WHERE id = 2;
-- refresh
BEGIN;
INSERT INTO c VALUES (6);
INSERT INTO o VALUES (6, 6, 'z'), (7, 6, NULL);
DELETE FROM o WHERE id = 3;
COMMIT;
-- refresh
DELETE FROM c WHERE id > 3;
-- refresh
