-- A foreign table: its rows change without anything to capture.
-- mode: full-only
-- construct: foreign table
-- position: none
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2);
CREATE FOREIGN TABLE far (id int, v int) SERVER loopback OPTIONS (schema_name 'c_of_a_loopback_server', table_name 't');
-- query
SELECT id, v FROM far WHERE v > 1
-- changes
UPDATE t SET v = 5 WHERE id = 1;
-- refresh
DELETE FROM far WHERE id = 2;
-- refresh
