-- What reads a LIMIT, a group or a DISTINCT of which it uses no column: only how many rows there are counts.
-- tables
CREATE TABLE t (id int PRIMARY KEY, b text);
CREATE TABLE u (id int PRIMARY KEY);
INSERT INTO t VALUES (1, 'a'), (2, 'b');
INSERT INTO u VALUES (1), (2);
-- stream limited
SELECT u.id FROM (SELECT b FROM t ORDER BY 1 DESC FETCH FIRST 2 ROWS WITH TIES) q CROSS JOIN u, generate_series(1, 2) f
-- stream grouped
SELECT u.id FROM (SELECT b, count(*) AS n FROM t GROUP BY b) q CROSS JOIN u, generate_series(1, 2) f
-- stream made_distinct
SELECT u.id, EXISTS (SELECT FROM (SELECT DISTINCT b FROM t) q WHERE u.id > 1) AS e FROM u
-- changes
INSERT INTO t VALUES (12, 'b');
-- refresh
DELETE FROM t WHERE b = 'a';
DELETE FROM u WHERE id = 1;
-- refresh
DELETE FROM t;
-- refresh
INSERT INTO t VALUES (5, 'c'), (6, 'd');
-- refresh
