-- regexp_matches and string_to_table, row by row.
-- tables
CREATE TABLE t (id int PRIMARY KEY, s text);
INSERT INTO t VALUES (1, 'a1b22'), (2, 'none'), (3, NULL);
-- query
SELECT t.id, m[1] AS digits, w.word FROM t, regexp_matches(t.s, '(\d+)', 'g') m, string_to_table(t.s, 'b') w (word)
-- changes
UPDATE t SET s = '7b8b9' WHERE id > 1;
-- refresh
DELETE FROM t WHERE id = 1;
UPDATE t SET s = 'x' WHERE id = 2;
-- refresh
