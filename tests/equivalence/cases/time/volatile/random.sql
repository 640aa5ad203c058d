-- mode: full-only
-- construct: random|volatile
-- tables
CREATE TABLE t (id int PRIMARY KEY);
INSERT INTO t VALUES (1);
-- query
SELECT id, random() < 2 AS yes FROM t
-- changes
INSERT INTO t VALUES (2);
-- refresh
