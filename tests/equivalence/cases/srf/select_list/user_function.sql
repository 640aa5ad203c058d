-- mode: any
-- construct: twice
-- tables
CREATE FUNCTION twice(int) RETURNS SETOF int IMMUTABLE LANGUAGE sql AS 'VALUES ($1), ($1 + 100)';
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2);
-- query
SELECT id, twice(v) AS x FROM t
-- changes
UPDATE t SET v = 7 WHERE id = 1;
-- refresh
INSERT INTO t VALUES (3, 3);
DELETE FROM t WHERE id = 2;
-- refresh
