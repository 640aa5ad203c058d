-- An aggregate without keys that HAVING may take away, read beside rows that are kept in slices.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
CREATE TABLE u (t int, w int);
INSERT INTO t VALUES (1, 10), (2, 20);
INSERT INTO u VALUES (1, 1), (2, 2);
-- query
SELECT t.id, u.w, q.n FROM t LEFT JOIN u ON u.t = t.id CROSS JOIN (SELECT count(*) AS n FROM u HAVING count(*) < 4) q
-- stream missing
SELECT t.id, q.n FROM t LEFT JOIN (SELECT count(*) AS n FROM u HAVING count(*) < 4) q ON q.n > t.id
-- stream series
SELECT q.n, o.e FROM (SELECT sum(u.w) AS n FROM u HAVING count(*) > 1) q JOIN unnest(ARRAY[1, 2]) WITH ORDINALITY o(e, i) ON o.i > 1
-- stream alone
SELECT q.n, o.e FROM (SELECT sum(u.w) AS n FROM u HAVING count(*) > 1) q LEFT JOIN unnest(ARRAY[1, 2]) o(e) ON o.e < q.n
-- stream ranked
SELECT row_number() OVER () AS r FROM (SELECT sum(u.w) AS n FROM u HAVING count(*) > 1) q
-- changes
INSERT INTO u VALUES (1, 3);
-- refresh
INSERT INTO u VALUES (NULL, 4), (2, 5);
INSERT INTO t VALUES (3, 3);
-- refresh
DELETE FROM u WHERE w > 1;
-- refresh
DELETE FROM t WHERE id = 1;
INSERT INTO u VALUES (1, 3);
-- refresh
DELETE FROM u;
-- refresh
