-- 300 columns and one that is changed.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
DO $$BEGIN EXECUTE (SELECT 'ALTER TABLE t ' || string_agg(format('ADD c%s int DEFAULT %s', i, i), ', ') FROM generate_series(1, 300) i); END$$;
INSERT INTO t (id, v) VALUES (1, 1), (2, 2);
-- query
SELECT * FROM t
-- changes
UPDATE t SET c300 = 0 WHERE id = 1;
INSERT INTO t (id) VALUES (3);
-- refresh
DELETE FROM t WHERE id = 2;
-- refresh
