-- SEARCH DEPTH FIRST and CYCLE: the columns PostgreSQL adds.
-- tables
CREATE TABLE e (src int, dst int, PRIMARY KEY (src, dst));
INSERT INTO e VALUES (1, 2), (2, 3), (3, 1);
-- stream searched
WITH RECURSIVE r AS (SELECT src, dst FROM e WHERE src = 1 UNION ALL SELECT e.src, e.dst FROM r JOIN e ON e.src = r.dst AND e.dst > r.dst) SEARCH DEPTH FIRST BY src, dst SET ord SELECT src, dst, row_number() OVER (ORDER BY ord) AS n FROM r
-- stream cycled
WITH RECURSIVE r AS (SELECT src, dst FROM e WHERE src = 1 UNION ALL SELECT e.src, e.dst FROM r JOIN e ON e.src = r.dst) CYCLE src, dst SET looped USING path SELECT src, dst, looped, cardinality(path) AS steps FROM r
-- changes
INSERT INTO e VALUES (2, 4);
-- refresh
DELETE FROM e WHERE src = 3;
-- refresh
INSERT INTO e VALUES (4, 5), (5, 2);
-- refresh
