-- The writer works with an empty search_path, and with one where other tables have the same names.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE TABLE u (id int PRIMARY KEY, a int);
INSERT INTO t VALUES (1, 1);
-- stream rows
SELECT id, a FROM t
-- stream joined
SELECT t.id, u.a FROM t JOIN u USING (id)
-- changes
SET search_path = '';
INSERT INTO c_search_path.t VALUES (2, 2);
INSERT INTO c_search_path.u VALUES (2, 20), (1, 10);
-- refresh
SET search_path = pg_temp, c_search_path;
CREATE TEMP TABLE t (id int, a int);
INSERT INTO t VALUES (99, 99);
INSERT INTO c_search_path.t VALUES (3, 3);
UPDATE u SET a = 0;
-- refresh
