-- A view between the stream table and its table, and the table beside it.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2);
CREATE VIEW big AS SELECT id, v FROM t WHERE v > 1;
-- stream rows
SELECT id, v FROM big
-- stream beside
SELECT t.id, b.v, t.v AS w FROM t JOIN big b ON b.id = t.id + 1
-- stream total
SELECT count(*) AS n, sum(v) AS s FROM big
-- changes
UPDATE t SET v = v + 1;
-- refresh
INSERT INTO t VALUES (3, 0), (4, 9);
UPDATE t SET v = 0 WHERE id = 2;
-- refresh
DELETE FROM t WHERE id IN (1, 4);
UPDATE t SET v = 5 WHERE id = 3;
-- refresh
