-- A view on a view that cannot be kept by differences: the one that the query names is named.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 1), (3, 2);
CREATE VIEW d AS SELECT DISTINCT v FROM t;
CREATE VIEW v AS SELECT v FROM d WHERE v > 0;
-- query
SELECT v FROM v
-- changes
UPDATE t SET v = v + 1 WHERE id <> 1;
-- refresh
DELETE FROM t WHERE v = 3;
-- refresh
