-- tables
CREATE TABLE e (src int, dst int);
INSERT INTO e VALUES (1, 2), (2, 3);
-- query
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT e.dst FROM r JOIN e ON e.src = r.n) SELECT n FROM r
-- changes
INSERT INTO e VALUES (3, 4);
-- refresh
