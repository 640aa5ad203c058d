-- unnest WITH ORDINALITY, inner and LEFT: empty and NULL arrays.
-- tables
CREATE TABLE t (id int PRIMARY KEY, a text[]);
INSERT INTO t VALUES (1, '{x,y,x}'), (2, '{}'), (3, NULL);
-- stream inners
SELECT t.id, u.x, u.n FROM t, unnest(t.a) WITH ORDINALITY u (x, n)
-- stream lefts
SELECT t.id, u.x FROM t LEFT JOIN unnest(t.a) u (x) ON true
-- changes
UPDATE t SET a = '{x,NULL}' WHERE id = 2;
-- refresh
UPDATE t SET a = a[2:] WHERE id = 1;
INSERT INTO t VALUES (4, '{q}');
-- refresh
DELETE FROM t WHERE id < 3;
-- refresh
