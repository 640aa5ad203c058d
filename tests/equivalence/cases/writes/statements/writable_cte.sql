-- One statement that deletes and inserts the same key, and one that writes two tables.
-- tables
CREATE TABLE t (id int, a text);
CREATE UNIQUE INDEX ON t (id) WHERE false;
CREATE TABLE k (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, a text);
CREATE TABLE log (id int, a text);
INSERT INTO t VALUES (1, 'one'), (2, 'two');
INSERT INTO k VALUES (1, 'one'), (2, 'two');
-- stream s1
SELECT id, a FROM t
-- stream s2
SELECT id, a FROM k
-- stream s3
SELECT k.id, log.a FROM k JOIN log ON log.id = k.id
-- changes
WITH del AS (DELETE FROM t WHERE id = 1 RETURNING *) INSERT INTO t SELECT id, a || ' again' FROM del;
WITH del AS (DELETE FROM k WHERE id = 1 RETURNING *) INSERT INTO k SELECT id, a || ' again' FROM del;
WITH upd AS (UPDATE k SET a = 'TWO' WHERE id = 2 RETURNING *) INSERT INTO log SELECT * FROM upd;
-- refresh
WITH del AS (DELETE FROM k RETURNING *), ins AS (INSERT INTO log SELECT * FROM del RETURNING id)
INSERT INTO k SELECT id + 1, 'moved' FROM ins;
-- refresh
