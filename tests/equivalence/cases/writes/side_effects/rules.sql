-- A rule that adds a second write to the user's statement.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE TABLE history (id int, a int);
INSERT INTO t VALUES (1, 1), (2, 2);
CREATE RULE keep AS ON UPDATE TO t DO ALSO INSERT INTO history VALUES (old.id, old.a);
CREATE RULE no_delete AS ON DELETE TO t DO INSTEAD UPDATE t SET a = -1 WHERE id = old.id;
-- stream rows
SELECT id, a FROM t
-- stream past
SELECT id, count(*) AS n, max(a) AS hi FROM history GROUP BY id
-- changes
UPDATE t SET a = a + 10;
-- refresh
DELETE FROM t WHERE id = 1;
-- refresh
