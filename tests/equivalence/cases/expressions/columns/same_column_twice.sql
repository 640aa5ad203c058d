-- One column under several names, constants, NULL constants, and a whole-row cast.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t VALUES (1, 1), (2, NULL);
-- query
SELECT a, a AS b, id, id AS id2, NULL::int AS nothing, 1 AS one, 'x'::char(3) AS padded, true AS yes FROM t
-- changes
INSERT INTO t VALUES (3, 3);
UPDATE t SET a = 9 WHERE id = 2;
-- refresh
DELETE FROM t WHERE id = 1;
-- refresh
