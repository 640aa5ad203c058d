-- A volatile function in WHERE, in a join condition, in an aggregate's argument and in a subquery.
-- mode: full-only
-- construct: VOLATILE|random
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2);
-- query
SELECT count(*) AS n, sum(a.v) AS s FROM t a JOIN t b ON a.id = b.id AND random() < 2 WHERE random() >= 0
-- changes
INSERT INTO t VALUES (3, 3);
-- refresh
