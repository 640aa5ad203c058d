-- The correlation is an inequality: rows for which a later one exists.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, at int);
INSERT INTO t VALUES (1, 1, 10), (2, 1, 20), (3, 2, 5);
-- stream superseded
SELECT id FROM t WHERE EXISTS (SELECT FROM t n WHERE n.g = t.g AND n.at > t.at)
-- stream latest
SELECT id, g FROM t WHERE NOT EXISTS (SELECT FROM t n WHERE n.g = t.g AND n.at > t.at)
-- changes
INSERT INTO t VALUES (4, 2, 6), (5, 1, 20);
-- refresh
DELETE FROM t WHERE id IN (2, 4);
UPDATE t SET at = NULL WHERE id = 3;
-- refresh
UPDATE t SET g = 3;
-- refresh
