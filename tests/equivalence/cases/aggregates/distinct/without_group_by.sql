-- count(DISTINCT ...) of the whole table, through empty.
-- tables
CREATE TABLE t (v int);
INSERT INTO t VALUES (1), (1), (NULL);
-- query
SELECT count(DISTINCT v) AS n, sum(DISTINCT v) AS s, string_agg(DISTINCT v::text, ',' ORDER BY v::text) AS l FROM t
-- changes
INSERT INTO t VALUES (2), (1);
-- refresh
DELETE FROM t WHERE v = 1;
-- refresh
DELETE FROM t;
-- refresh
