-- uuid, bytea, jsonb as values and as group keys; json, which has no equality, as a value.
-- tables
CREATE TABLE t (id int PRIMARY KEY, u uuid, b bytea, jb jsonb, j json);
INSERT INTO t VALUES (1, '11111111-1111-1111-1111-111111111111', '\x00ff', '{"a": 1, "b": [1, 2]}', '{"a":1}'),
                     (2, NULL, '\x', '{"b": [1, 2], "a": 1.0}', '{ "a" : 1 }'), (3, NULL, NULL, 'null', NULL);
-- stream rows
SELECT id, u, b, jb, j FROM t
-- stream fields
SELECT jb ->> 'a' AS a, j ->> 'a' AS ja, jb #> '{b,0}' AS b0, encode(b, 'hex') AS hex FROM t
-- stream by_uuid
SELECT u, b, count(*) AS n FROM t GROUP BY u, b
-- changes
UPDATE t SET j = '{"a":1}', jb = jb || '{"c": null}' WHERE id < 3;
-- refresh
UPDATE t SET j = '{"a":  1}', u = '11111111-1111-1111-1111-111111111111', b = '\x00ff' WHERE id = 2;
INSERT INTO t VALUES (4, NULL, NULL, '[]', '[]');
-- refresh
DELETE FROM t WHERE id = 1;
UPDATE t SET b = '\x00' WHERE id = 3;
-- refresh
