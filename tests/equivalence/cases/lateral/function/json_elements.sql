-- jsonb_array_elements, jsonb_each_text and jsonb_to_recordset over a column.
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, j jsonb);
INSERT INTO t VALUES (1, '[{"a": 1, "b": "x"}, {"a": 2}]'), (2, '[]'), (3, NULL);
-- stream elements
SELECT t.id, e.value AS e, e.value ->> 'b' AS b FROM t, jsonb_array_elements(t.j) e
-- stream records
SELECT t.id, r.a, r.b FROM t, jsonb_to_recordset(t.j) r (a int, b text)
-- changes
UPDATE t SET j = '[{"a": 3, "b": null}]' WHERE id > 1;
-- refresh
UPDATE t SET j = j - 0 WHERE id = 1;
-- refresh
