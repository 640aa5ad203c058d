-- UPDATE t SET id = id + 1: every new key but one is another row's old key.
-- tables
CREATE TABLE t (id int PRIMARY KEY DEFERRABLE, a text);
INSERT INTO t SELECT i, 'row ' || i FROM generate_series(1, 30) i;
-- stream copy
SELECT id, a FROM t
-- stream evens
SELECT a FROM t WHERE id % 2 = 0
-- changes
UPDATE t SET id = id + 1;
-- refresh
UPDATE t SET id = id - 1;
UPDATE t SET id = id + 2;
DELETE FROM t WHERE id = 3;
-- refresh
UPDATE t SET id = 40 - id, a = a || '*' WHERE id > 5;
-- refresh
