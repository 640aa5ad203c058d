-- Row security does not hide rows from the owner of table and stream table.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (v > 100);
INSERT INTO t VALUES (1, 1), (2, 200);
-- query
SELECT id, v FROM t
-- changes
UPDATE t SET v = v + 1;
-- refresh
INSERT INTO t VALUES (3, 3);
DELETE FROM t WHERE id = 2;
-- refresh
