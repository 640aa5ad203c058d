-- json_build_object, row_to_json, to_jsonb, jsonb_strip_nulls over columns.
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b text);
INSERT INTO t VALUES (1, 1, 'x'), (2, NULL, NULL);
-- query
SELECT id, jsonb_build_object('a', a, 'b', b) AS o, jsonb_strip_nulls(jsonb_build_object('a', a)) AS s, json_build_array(a, b) AS arr FROM t
-- changes
UPDATE t SET a = 2;
-- refresh
INSERT INTO t VALUES (3, 3, '"quoted"');
DELETE FROM t WHERE id = 1;
-- refresh
