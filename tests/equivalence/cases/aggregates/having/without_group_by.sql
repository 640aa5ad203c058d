-- HAVING without GROUP BY: one row or none.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1);
-- query
SELECT sum(v) AS s, count(*) AS n FROM t HAVING count(*) > 1
-- changes
INSERT INTO t VALUES (2, 2);
-- refresh
INSERT INTO t VALUES (3, NULL);
-- refresh
DELETE FROM t;
-- refresh
