-- A keyless table with json, point and xid columns: rows are told apart by their image.
-- tables
CREATE TABLE t (j json, p point, x xid, n int);
INSERT INTO t VALUES ('{"a":1}', '(1,2)', '5', 1), ('{"a":1}', '(1,2)', '5', 1), ('{"a": 1}', '(1,2.5)', NULL, 2), (NULL, NULL, NULL, NULL);
-- query
SELECT j, p, x, n FROM t
-- changes
DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t WHERE n = 1);
INSERT INTO t VALUES ('{"a":1}', NULL, NULL, NULL);
-- refresh
UPDATE t SET p = '(0,0)', j = '[1]' WHERE n = 2 OR j IS NULL;
-- refresh
DELETE FROM t WHERE n = 1;
INSERT INTO t VALUES ('[1]', '(0,0)', NULL, 2);
-- refresh
