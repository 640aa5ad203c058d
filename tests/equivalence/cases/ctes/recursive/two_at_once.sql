-- Two recursions joined.
-- tables
CREATE TABLE t (id int PRIMARY KEY, parent int);
INSERT INTO t VALUES (1, NULL), (2, 1), (3, 2);
-- query
WITH RECURSIVE up AS (SELECT id, parent FROM t UNION SELECT up.id, t.parent FROM up JOIN t ON t.id = up.parent),
    down AS (SELECT id, id AS child FROM t UNION SELECT down.id, t.id FROM down JOIN t ON t.parent = down.child)
SELECT up.id, count(DISTINCT up.parent) AS ancestors, count(DISTINCT down.child) AS descendants FROM up JOIN down USING (id) GROUP BY up.id
-- changes
INSERT INTO t VALUES (4, 3), (5, 1);
-- refresh
UPDATE t SET parent = 5 WHERE id = 2;
-- refresh
DELETE FROM t WHERE id = 3;
-- refresh
