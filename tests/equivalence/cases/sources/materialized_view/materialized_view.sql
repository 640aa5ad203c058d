-- mode: full-only
-- construct: materialized view
-- position: none
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1);
CREATE MATERIALIZED VIEW m AS SELECT id, v FROM t;
-- query
SELECT id, v FROM m
-- changes
UPDATE t SET v = 5;
REFRESH MATERIALIZED VIEW m;
-- refresh
