-- A child read by its own name.
-- mode: full-only
-- construct: "c".*inherits
-- tables
CREATE TABLE t (id int, a int);
CREATE TABLE c () INHERITS (t);
INSERT INTO c VALUES (2, 2);
-- query
SELECT id, a FROM c
-- changes
UPDATE t SET a = a + 1;
-- refresh
