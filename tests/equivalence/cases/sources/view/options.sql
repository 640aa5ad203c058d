-- security_barrier, security_invoker, a check option, and updates through a view.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2), (3, -3);
CREATE VIEW barrier WITH (security_barrier) AS SELECT id, v FROM t WHERE v > 0;
CREATE VIEW invoker WITH (security_invoker) AS SELECT id, v FROM barrier WHERE v < 100;
CREATE VIEW checked AS SELECT id, v FROM t WHERE v < 1000 WITH CASCADED CHECK OPTION;
-- stream rows
SELECT id, 100 / v AS q FROM barrier
-- stream invoked
SELECT v, count(*) AS n FROM invoker GROUP BY v
-- stream joined
SELECT c.id, i.v FROM checked c JOIN invoker i USING (id)
-- changes
UPDATE barrier SET v = v + 1;
INSERT INTO checked VALUES (4, 0), (5, 50);
-- refresh
DELETE FROM barrier WHERE id = 1;
UPDATE checked SET v = 7 WHERE id IN (3, 4);
-- refresh
