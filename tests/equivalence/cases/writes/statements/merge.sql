-- MERGE inserts, updates and deletes in one statement.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE TABLE src (id int, a int);
INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO src VALUES (2, 20), (3, NULL), (4, 40);
-- stream rows
SELECT id, a FROM t
-- stream total
SELECT count(*) AS n, sum(a) AS s FROM t
-- changes
MERGE INTO t USING src ON t.id = src.id
WHEN MATCHED AND src.a IS NULL THEN DELETE
WHEN MATCHED THEN UPDATE SET a = src.a
WHEN NOT MATCHED THEN INSERT VALUES (src.id, src.a);
-- refresh
UPDATE src SET a = a + 1;
MERGE INTO t USING src ON t.id = src.id
WHEN MATCHED AND t.id = 4 THEN DO NOTHING
WHEN MATCHED THEN UPDATE SET a = 0
WHEN NOT MATCHED THEN INSERT VALUES (src.id, -1);
-- refresh
