-- ORDER BY without LIMIT: accepted, the order is not kept, and creation says so.
-- notice: does not keep the order of its query
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 2), (2, 1);
-- query
SELECT id, v FROM t ORDER BY v DESC NULLS FIRST, id
-- changes
INSERT INTO t VALUES (3, NULL);
-- refresh
UPDATE t SET v = 0 WHERE id = 1;
-- refresh
