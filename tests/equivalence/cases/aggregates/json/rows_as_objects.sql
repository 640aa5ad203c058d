-- json_agg over whole rows of a subquery: a document per group.
-- mode: any
-- tables
CREATE TABLE o (id int PRIMARY KEY, c int, v numeric(6,2));
CREATE TABLE c (id int PRIMARY KEY, name text);
INSERT INTO c VALUES (1, 'ada'), (2, 'bob');
INSERT INTO o VALUES (1, 1, 1.5), (2, 1, 2);
-- query
SELECT c.name, jsonb_agg(jsonb_build_object('id', o.id, 'v', o.v) ORDER BY o.id) AS orders FROM c JOIN o ON o.c = c.id GROUP BY c.id, c.name
-- changes
INSERT INTO o VALUES (3, 2, NULL);
UPDATE c SET name = 'Ada' WHERE id = 1;
-- refresh
DELETE FROM o WHERE c = 1;
-- refresh
