-- Rows are counted and no column is read, of a table without a key: captured without columns, and by several readers.
-- tables
CREATE TABLE t (a int, b text);
INSERT INTO t VALUES (1, 'x'), (1, 'x');
-- stream counted
SELECT count(*) AS n FROM t
-- stream marked
SELECT 'all' AS l, count(*) AS n FROM t GROUP BY 'all'::text
-- stream crossed
SELECT count(*) AS n FROM t x CROSS JOIN t y
-- stream wider
SELECT a, count(*) AS n FROM t GROUP BY a
-- changes
INSERT INTO t VALUES (2, 'y'), (NULL, NULL);
-- refresh
DELETE FROM t WHERE a = 1;
-- refresh
TRUNCATE t;
-- refresh => FULL
INSERT INTO t VALUES (7, 'z');
-- refresh
