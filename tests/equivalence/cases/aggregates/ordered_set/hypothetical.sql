-- rank, dense_rank, percent_rank and cume_dist of a value that is not there.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 5), (3, 5), (4, NULL);
-- query
SELECT rank(5) WITHIN GROUP (ORDER BY v) AS r, dense_rank(6) WITHIN GROUP (ORDER BY v) AS d,
       percent_rank(5) WITHIN GROUP (ORDER BY v) AS p, cume_dist(5) WITHIN GROUP (ORDER BY v DESC) AS c FROM t
-- changes
INSERT INTO t VALUES (5, 2);
-- refresh
DELETE FROM t WHERE v = 5;
-- refresh
