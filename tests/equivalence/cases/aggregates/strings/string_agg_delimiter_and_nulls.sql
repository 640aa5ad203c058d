-- string_agg skips NULLs, its delimiter may be a column; a group of NULLs gives NULL.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, s text, d text);
INSERT INTO t VALUES (1, 1, 'a', '-'), (2, 1, 'b', '+'), (3, 2, NULL, ','), (4, 2, 'c', NULL);
-- query
SELECT g, string_agg(s, d ORDER BY id) AS s, string_agg(DISTINCT s, '|' ORDER BY s) AS u, string_agg(upper(s), '' ORDER BY s DESC, id) AS r FROM t GROUP BY g
-- changes
UPDATE t SET s = 'b' WHERE id IN (1, 3);
-- refresh
UPDATE t SET s = NULL WHERE g = 2;
INSERT INTO t VALUES (5, 1, 'aa', '*');
-- refresh
DELETE FROM t WHERE g = 2;
-- refresh
