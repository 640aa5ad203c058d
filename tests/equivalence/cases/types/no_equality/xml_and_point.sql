-- xml and point columns in keyless rows, through a join and an outer join.
-- tables
CREATE TABLE t (x xml, p point, k int);
CREATE TABLE d (k int PRIMARY KEY, n text);
INSERT INTO t VALUES ('<a/>', '(1,2)', 1), ('<a/>', '(1,2)', 1), ('<b/>', NULL, 2);
INSERT INTO d VALUES (1, 'one');
-- stream copies
SELECT x, p FROM t
-- stream joined
SELECT t.x, t.p, d.n FROM t LEFT JOIN d USING (k)
-- changes
DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t);
INSERT INTO d VALUES (2, 'two');
-- refresh
UPDATE t SET p = '(0,0)', x = '<a></a>';
-- refresh
DELETE FROM d;
-- refresh
