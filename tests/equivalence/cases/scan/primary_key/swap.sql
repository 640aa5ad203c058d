-- Two rows swap their keys, and three rotate, in one statement and in steps.
-- tables
CREATE TABLE t (id int PRIMARY KEY DEFERRABLE INITIALLY IMMEDIATE, a text);
INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four');
-- query
SELECT id, a FROM t
-- changes
UPDATE t SET id = CASE id WHEN 1 THEN 2 ELSE 1 END WHERE id IN (1, 2);
-- refresh
UPDATE t SET id = -1 WHERE id = 3;
UPDATE t SET id = 3 WHERE id = 4;
UPDATE t SET id = 4 WHERE id = -1;
-- refresh
UPDATE t SET id = id % 3 + 1 WHERE id <= 3;
-- refresh
