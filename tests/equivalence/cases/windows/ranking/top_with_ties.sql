-- rank() <= 2: ties come together and leave together.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 9), (2, 1, 9), (3, 1, 8), (4, 1, 7), (5, 2, 1);
-- query
SELECT id, g, r FROM (SELECT id, g, rank() OVER (PARTITION BY g ORDER BY v DESC) AS r FROM t) x WHERE r <= 2
-- changes
DELETE FROM t WHERE id = 1;
-- refresh
UPDATE t SET v = 8 WHERE id = 4;
INSERT INTO t VALUES (6, 2, 1), (7, 2, 0);
-- refresh
