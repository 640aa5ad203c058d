-- l LEFT JOIN m LEFT JOIN r: the second condition reads what the first may have made NULL.
-- tables
CREATE TABLE l (id int PRIMARY KEY, m int);
CREATE TABLE m (id int PRIMARY KEY, r int);
CREATE TABLE r (id int PRIMARY KEY, t text);
INSERT INTO l VALUES (1, 1), (2, 2), (3, NULL);
INSERT INTO m VALUES (1, 1);
INSERT INTO r VALUES (1, 'one'), (2, 'two');
-- query
SELECT l.id, m.id AS m, r.t FROM l LEFT JOIN m ON m.id = l.m LEFT JOIN r ON r.id = m.r
-- changes
INSERT INTO m VALUES (2, 2);
-- refresh
BEGIN;
DELETE FROM m WHERE id = 1;
DELETE FROM r WHERE id = 2;
INSERT INTO l VALUES (4, 5);
INSERT INTO m VALUES (5, 6);
INSERT INTO r VALUES (6, 'six');
COMMIT;
-- refresh
UPDATE m SET r = 1;
UPDATE l SET m = 2;
-- refresh
