-- any_value of a column that is the same in the whole group.
-- requires: 16
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, name text);
INSERT INTO t VALUES (1, 1, 'one'), (2, 1, 'one'), (3, 2, NULL);
-- query
SELECT g, any_value(name) AS name, count(*) AS n FROM t GROUP BY g
-- changes
UPDATE t SET name = 'two' WHERE g = 2;
-- refresh
DELETE FROM t WHERE id = 1;
UPDATE t SET name = 'ONE' WHERE g = 1;
-- refresh
