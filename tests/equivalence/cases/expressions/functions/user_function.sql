-- An immutable function of the user is part of the query; it runs with the owner's rights.
-- tables
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE FUNCTION shout(s text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$BEGIN RETURN upper(s) || '!'; END$$;
CREATE TABLE t (id int PRIMARY KEY, a int, s text);
INSERT INTO t VALUES (1, 1, 'hi'), (2, 2, NULL);
-- query
SELECT id, twice(a) AS a2, shout(s) AS loud FROM t WHERE twice(a) < 10
-- changes
UPDATE t SET a = a + 3, s = 'ho';
-- refresh
INSERT INTO t VALUES (3, 0, 'new');
DELETE FROM t WHERE id = 1;
-- refresh
