-- TABLESAMPLE REPEATABLE gives no fixed rows either once the table changes: FULL.
-- mode: full-only
-- construct: TABLESAMPLE
-- tables
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t SELECT generate_series(1, 5);
-- query
SELECT id FROM t TABLESAMPLE BERNOULLI (100) REPEATABLE (1)
-- changes
DELETE FROM t WHERE id > 3;
-- refresh
