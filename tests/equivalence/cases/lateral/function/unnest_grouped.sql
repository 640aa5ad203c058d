-- Tags counted: GROUP BY over unnest.
-- tables
CREATE TABLE t (id int PRIMARY KEY, tags text[]);
INSERT INTO t VALUES (1, '{a,b}'), (2, '{b,b}');
-- query
SELECT tag, count(*) AS n, count(DISTINCT t.id) AS docs FROM t, unnest(t.tags) tag GROUP BY tag
-- changes
UPDATE t SET tags = array_remove(tags, 'b') WHERE id = 2;
-- refresh
INSERT INTO t VALUES (3, '{c,NULL}'), (4, NULL);
-- refresh
