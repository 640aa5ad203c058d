-- INTERSECT of a filter and a join over the same tables.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
CREATE TABLE u (t int);
INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO u VALUES (1), (2);
-- query
SELECT id FROM t WHERE v > 1 INTERSECT SELECT t.id FROM t JOIN u ON u.t = t.id
-- changes
UPDATE t SET v = 5 WHERE id = 1;
-- refresh
DELETE FROM u WHERE t = 2;
INSERT INTO u VALUES (3), (3);
-- refresh
UPDATE t SET v = 0;
-- refresh
