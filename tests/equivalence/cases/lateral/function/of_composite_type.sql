-- A function of the user that returns a table, in FROM.
-- tables
CREATE FUNCTION parts(s text) RETURNS TABLE (k text, v int) IMMUTABLE LANGUAGE sql AS
    $$SELECT split_part(p, '=', 1), split_part(p, '=', 2)::int FROM regexp_split_to_table(s, ',') p WHERE p <> ''$$;
CREATE TABLE t (id int PRIMARY KEY, s text);
INSERT INTO t VALUES (1, 'a=1,b=2'), (2, '');
-- query
SELECT t.id, p.k, p.v FROM t, parts(t.s) p WHERE p.v > 0
-- changes
UPDATE t SET s = 'c=3' WHERE id = 2;
-- refresh
UPDATE t SET s = 'a=0,b=5' WHERE id = 1;
-- refresh
