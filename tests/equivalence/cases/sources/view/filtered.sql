-- A view between the stream table and its tables.
-- mode: any
-- construct: view
-- position: none
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2);
CREATE VIEW big AS SELECT id, v FROM t WHERE v > 1;
-- query
SELECT id, v FROM big
-- changes
UPDATE t SET v = v + 1;
-- refresh
