-- Inside an aggregate's argument and in HAVING, correlated with the group key.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, k int);
CREATE TABLE w (k int PRIMARY KEY, v int);
CREATE TABLE lim (g int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1);
INSERT INTO w VALUES (1, 10), (2, 20);
INSERT INTO lim VALUES (1, 5), (2, 50);
-- query
SELECT g, sum((SELECT w.v FROM w WHERE w.k = t.k)) AS s FROM t GROUP BY g
HAVING count(*) > 0 AND sum(k) < (SELECT lim.v FROM lim WHERE lim.g = t.g)
-- changes
UPDATE w SET v = v + 1;
-- refresh
UPDATE lim SET v = 1 WHERE g = 1;
INSERT INTO t VALUES (4, 2, 2);
-- refresh
DELETE FROM lim;
-- refresh
