-- Sums that leave the type of their argument: int into bigint, bigint into numeric.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, b int, c bigint);
INSERT INTO t VALUES (1, 1, 2147483647, 9223372036854775807), (2, 1, 2147483647, 9223372036854775807),
                     (3, 1, -2147483648, -9223372036854775808), (4, 2, 1, 1);
-- query
SELECT g, sum(b) AS sb, sum(c) AS sc, avg(b) AS ab, avg(c) AS ac FROM t GROUP BY g
-- changes
INSERT INTO t SELECT i, 2, 2147483647, 9223372036854775807 FROM generate_series(10, 30) i;
-- refresh
DELETE FROM t WHERE id > 20 OR id = 3;
-- refresh
