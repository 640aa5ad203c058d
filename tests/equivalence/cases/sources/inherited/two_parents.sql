-- A child of two parents: a statement on the other one changes rows of this one.
-- mode: full-only
-- construct: "t".*inherits from another
-- tables
CREATE TABLE t (id int);
CREATE TABLE u (a int);
CREATE TABLE c () INHERITS (t, u);
INSERT INTO c VALUES (1, 1);
-- query
SELECT id FROM t
-- changes
DELETE FROM u;
-- refresh
INSERT INTO c VALUES (2, 2);
-- refresh
