-- UNION ends on cycles: what can be reached from where; an edge of two ways is lost, then the other.
-- tables
CREATE TABLE e (src int, dst int);
INSERT INTO e VALUES (1, 2), (2, 3), (1, 3), (3, 1);
-- query
WITH RECURSIVE r AS (SELECT src, dst FROM e UNION SELECT r.src, e.dst FROM r JOIN e ON e.src = r.dst) SELECT src, dst FROM r
-- changes
INSERT INTO e VALUES (3, 4), (4, 4);
-- refresh
DELETE FROM e WHERE src = 1 AND dst = 3;
-- refresh
DELETE FROM e WHERE src = 1 AND dst = 2;
-- refresh
BEGIN;
INSERT INTO e VALUES (1, 9), (9, 2);
DELETE FROM e WHERE src = 3;
COMMIT;
-- refresh
