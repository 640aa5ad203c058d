-- A whole row as a value, compared and shown, and t.* of one of two tables.
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b text);
CREATE TABLE u (id int PRIMARY KEY, t int);
INSERT INTO t VALUES (1, 1, 'x'), (2, NULL, NULL);
INSERT INTO u VALUES (1, 1), (2, 2);
-- stream rows
SELECT u.id AS uid, t.* FROM t JOIN u ON u.t = t.id
-- stream whole
SELECT t.id, t AS r, t IS NULL AS is_null, to_jsonb(t) ->> 'b' AS b FROM t
-- changes
UPDATE t SET a = 2, b = 'y' WHERE id = 2;
-- refresh
UPDATE t SET a = NULL, b = NULL;
-- refresh
