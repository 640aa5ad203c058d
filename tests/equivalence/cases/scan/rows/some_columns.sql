-- Only some columns are read; changes to the others change nothing, and must not lose what does.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int, c text);
INSERT INTO t SELECT i, i % 3, i * 10, 'c' || i FROM generate_series(1, 20) i;
-- query
SELECT c, a FROM t
-- changes
UPDATE t SET b = b + 1;
-- refresh
UPDATE t SET b = 0, c = upper(c) WHERE id <= 5;
UPDATE t SET b = 1;
-- refresh
DELETE FROM t WHERE b = 1 AND id > 15;
-- refresh
