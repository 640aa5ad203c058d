-- mode: full-only
-- construct: TABLESAMPLE
-- tables
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
-- query
SELECT id FROM t TABLESAMPLE SYSTEM (100)
-- changes
INSERT INTO t VALUES (2);
-- refresh
