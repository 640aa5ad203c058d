-- A materialized view beside a table: the whole is FULL.
-- mode: full-only
-- construct: materialized view
-- position: none
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
CREATE TABLE u (id int PRIMARY KEY, w int);
INSERT INTO t VALUES (1, 1), (2, 2);
INSERT INTO u VALUES (1, 10);
CREATE MATERIALIZED VIEW m AS SELECT id, v FROM t;
-- query
SELECT m.id, m.v, u.w FROM m JOIN u USING (id)
-- changes
INSERT INTO u VALUES (2, 20);
-- refresh
UPDATE t SET v = 7;
REFRESH MATERIALIZED VIEW m;
-- refresh
