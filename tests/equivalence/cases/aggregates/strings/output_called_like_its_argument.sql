-- An output with the name of the column that a DISTINCT aggregate sorts by.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, s text);
INSERT INTO t VALUES (1, 1, 'b'), (2, 1, 'a'), (3, 1, 'a'), (4, 2, NULL);
-- query
SELECT g, string_agg(DISTINCT s, '|' ORDER BY s) AS s, array_agg(DISTINCT upper(s) ORDER BY upper(s) DESC) AS u FROM t GROUP BY g
-- changes
DELETE FROM t WHERE id = 3;
INSERT INTO t VALUES (5, 2, 'c');
-- refresh
UPDATE t SET s = 'd' WHERE id = 2;
-- refresh
