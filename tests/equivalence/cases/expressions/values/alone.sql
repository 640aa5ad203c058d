-- VALUES alone never changes; beside a table by UNION ALL it stays.
-- tables
CREATE TABLE t (id int PRIMARY KEY, s text);
INSERT INTO t VALUES (1, 'x');
-- query
SELECT id, s FROM t UNION ALL VALUES (0, 'fixed'), (0, 'fixed'), (NULL, NULL)
-- changes
INSERT INTO t VALUES (0, 'fixed');
-- refresh
DELETE FROM t;
-- refresh
