-- clock_timestamp() moves within a statement: refused under DIFFERENTIAL.
-- mode: full-only
-- construct: clock_timestamp
-- tables
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
-- query
SELECT id, clock_timestamp() > '2000-01-01' AS yes FROM t
-- changes
INSERT INTO t VALUES (2);
-- refresh
