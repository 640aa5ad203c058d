-- A foreign table beside a local one: the whole is FULL, and a local change is not lost.
-- mode: full-only
-- construct: foreign table
-- position: none
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
CREATE TABLE near (id int PRIMARY KEY, w int);
INSERT INTO t VALUES (1, 1), (2, 2);
INSERT INTO near VALUES (1, 10);
CREATE FOREIGN TABLE far (id int, v int) SERVER loopback OPTIONS (schema_name 'c_joined_with_a_table_2', table_name 't');
CREATE SCHEMA c_joined_with_a_table_2;
CREATE VIEW c_joined_with_a_table_2.t AS SELECT id, v FROM t;
-- query
SELECT far.id, far.v, near.w FROM far JOIN near USING (id)
-- changes
INSERT INTO near VALUES (2, 20);
-- refresh
UPDATE t SET v = 9;
-- refresh
