-- jsonb operators and functions: containment, path, existence, sql/json path.
-- tables
CREATE TABLE t (id int PRIMARY KEY, j jsonb);
INSERT INTO t VALUES (1, '{"tags": ["a", "b"], "n": {"v": 1}}'), (2, '{"tags": []}'), (3, NULL);
-- query
SELECT id, j #>> '{n,v}' AS v, j -> 'tags' ? 'a' AS has_a, jsonb_path_exists(j, '$.n.v ? (@ > 0)') AS p, jsonb_array_length(j -> 'tags') AS len
FROM t WHERE j @> '{"tags": []}'
-- changes
UPDATE t SET j = '{"tags": ["c"], "n": {"v": 0}}' WHERE id = 2;
-- refresh
UPDATE t SET j = jsonb_set(j, '{n,v}', '5');
INSERT INTO t VALUES (4, '{"tags": ["a"], "n": {"v": null}}');
-- refresh
