-- LIKE, ILIKE, regular expressions, BETWEEN, IN lists, ANY of an array.
-- tables
CREATE TABLE t (id int PRIMARY KEY, s text, n int);
INSERT INTO t SELECT i, chr(96 + i) || 'name_' || i, i FROM generate_series(1, 20) i;
INSERT INTO t VALUES (21, NULL, NULL), (22, 'a%b', 5), (23, 'A_B', 7);
-- query
SELECT id, s, n, s LIKE 'a%' AS starts, s ILIKE '%\_B' AS ends
FROM t
WHERE (s LIKE '%name\_1%' OR s ~ '^[a-f]' OR s ILIKE 'a\_b')
  AND n BETWEEN 1 AND 15 AND n NOT IN (3, 4) AND n = ANY ('{1,2,5,6,7,10,11,12}'::int[])
-- changes
UPDATE t SET n = n + 1;
-- refresh
UPDATE t SET s = 'name_1' WHERE id BETWEEN 2 AND 6;
-- refresh
UPDATE t SET s = NULL WHERE n = 7;
DELETE FROM t WHERE id = 11;
-- refresh
