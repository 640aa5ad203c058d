-- LIMIT 0 is empty; a LIMIT may be an expression.
-- tables
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1), (2), (3), (4);
-- query
SELECT id FROM t ORDER BY id DESC LIMIT 1 + 1
-- changes
DELETE FROM t WHERE id = 4;
-- refresh
INSERT INTO t VALUES (7), (8), (9);
-- refresh
