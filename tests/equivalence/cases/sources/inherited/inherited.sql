-- A table with children of inheritance: a query on the parent sees the children's rows, and the same key twice.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE TABLE t_child (extra text) INHERITS (t);
CREATE TABLE t_grandchild (more text) INHERITS (t_child);
CREATE TABLE t_odd (first text, a int, id int NOT NULL);
ALTER TABLE t_odd INHERIT t;
INSERT INTO t VALUES (1, 1);
INSERT INTO t_child VALUES (1, 100, 'x');
INSERT INTO t_odd VALUES ('first', 7, 70);
-- stream rows
SELECT id, a FROM t
-- stream grouped
SELECT id, count(*) AS n, sum(a) AS s FROM t GROUP BY id
-- changes
INSERT INTO t_child VALUES (2, 2, 'y');
INSERT INTO t_odd VALUES ('second', 8, 80);
INSERT INTO t_grandchild VALUES (3, 3, 'z', 'zz');
-- refresh
UPDATE t SET a = a + 1;
-- refresh
DELETE FROM t_child WHERE id = 1;
UPDATE ONLY t SET a = 0;
UPDATE t_child SET a = a * 2;
UPDATE t_odd SET first = 'third', id = 71;
-- refresh
TRUNCATE ONLY t_child;
-- refresh => FULL
TRUNCATE t;
INSERT INTO t_grandchild VALUES (4, 4, 'z', 'zz');
-- refresh => FULL
