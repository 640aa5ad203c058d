-- A function of the user that is volatile by default.
-- mode: full-only
-- construct: twice
-- tables
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2';
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1);
-- query
SELECT id, twice(v) AS v FROM t
-- changes
UPDATE t SET v = 5;
-- refresh
