-- lag, lead with offset and default, first_value, last_value, nth_value.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 10), (2, 1, 20), (3, 1, NULL), (4, 2, 40);
-- query
SELECT id, lag(v) OVER w AS p, lead(v, 2, -1) OVER w AS n, first_value(v) OVER w AS f,
       last_value(v) OVER (PARTITION BY g ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS l,
       nth_value(v, 2) OVER (PARTITION BY g ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS nth
FROM t WINDOW w AS (PARTITION BY g ORDER BY id)
-- changes
DELETE FROM t WHERE id = 2;
-- refresh
INSERT INTO t VALUES (0, 1, 5), (5, 2, 50);
UPDATE t SET v = 30 WHERE id = 3;
-- refresh
UPDATE t SET g = 2 WHERE id = 1;
-- refresh
