-- Before 18, PostgreSQL does not sort by a constant, though it is NULL in the sets that do not group by it: what comes first is
-- what the query itself says, LIMIT, DISTINCT ON and windows too.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t VALUES (1, 1), (2, 2), (3, NULL);
-- query
SELECT 1.5::float8 AS c, count(*) AS n, GROUPING(1.5::float8) AS g FROM t GROUP BY ROLLUP (1.5::float8) ORDER BY 1 DESC, 2 DESC, 3 LIMIT 5 OFFSET 1
-- stream first_of
SELECT a, 1::bigint AS c, count(*) AS n, GROUPING(a, 1::bigint) AS g FROM t GROUP BY CUBE (a, 1::bigint) ORDER BY 2 DESC, 1, 3, 4 LIMIT 3
-- stream ranked
SELECT 1.5::float8 AS c, count(*) AS n, rank() OVER (ORDER BY 1.5::float8 DESC, count(*), GROUPING(1.5::float8)) AS r FROM t GROUP BY ROLLUP (1.5::float8)
-- stream distinct_on
SELECT DISTINCT ON (a) a, 1.5::float8 AS c, count(*) AS n FROM t GROUP BY CUBE (a, 1.5::float8) ORDER BY a, 1.5::float8 DESC, count(*), GROUPING(a, 1.5::float8)
-- stream top_of_all
SELECT q.c, q.n FROM (SELECT 1.5::float8 AS c, count(*) AS n FROM t GROUP BY ROLLUP (1.5::float8)) q ORDER BY q.c DESC, q.n LIMIT 1
-- changes
INSERT INTO t VALUES (4, 1);
-- refresh
UPDATE t SET a = 1 WHERE id = 2;
-- refresh
DELETE FROM t WHERE id < 3;
-- refresh
DELETE FROM t;
-- refresh
INSERT INTO t VALUES (1, 1);
-- refresh
