-- Expressions over window functions, filtered and joined above.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
CREATE TABLE d (g int PRIMARY KEY, n text);
INSERT INTO t SELECT i, i % 2, i * 3 % 7 FROM generate_series(1, 8) i;
INSERT INTO d VALUES (0, 'even'), (1, 'odd');
-- query
SELECT d.n, x.id, x.step FROM (SELECT id, g, v - lag(v, 1, 0) OVER (PARTITION BY g ORDER BY id) AS step FROM t) x JOIN d USING (g) WHERE x.step > 0
-- changes
DELETE FROM t WHERE id = 3;
-- refresh
UPDATE t SET v = v + id;
UPDATE d SET n = 'ODD' WHERE g = 1;
-- refresh
