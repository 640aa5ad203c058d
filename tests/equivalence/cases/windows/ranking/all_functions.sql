-- row_number, rank, dense_rank, percent_rank, cume_dist, ntile over ties and NULLs.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 5), (2, 1, 5), (3, 1, 7), (4, 2, NULL), (5, NULL, 1);
-- query
SELECT id, row_number() OVER (PARTITION BY g ORDER BY v, id) AS rn, rank() OVER w AS r, dense_rank() OVER w AS d,
       percent_rank() OVER w AS p, cume_dist() OVER w AS c, ntile(2) OVER (PARTITION BY g ORDER BY v, id) AS nt
FROM t WINDOW w AS (PARTITION BY g ORDER BY v)
-- changes
INSERT INTO t VALUES (6, 1, 4), (7, NULL, NULL);
-- refresh
DELETE FROM t WHERE id = 1;
UPDATE t SET v = 7 WHERE id = 4;
-- refresh
UPDATE t SET g = 1 WHERE g IS NULL;
-- refresh
UPDATE t SET id = id + 10;
-- refresh
