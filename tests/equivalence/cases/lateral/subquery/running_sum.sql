-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);
-- query
SELECT t.id, x.s FROM t, LATERAL (SELECT sum(u.v) AS s FROM t u WHERE u.id <= t.id) x
-- changes
UPDATE t SET v = 10 WHERE id = 1;
-- refresh
