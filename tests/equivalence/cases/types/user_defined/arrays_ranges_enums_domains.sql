-- Arrays, ranges, multiranges, enums, domains, composites as values and keys.
-- tables
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE pair AS (a int, b text);
CREATE TABLE t (id int PRIMARY KEY, a int[], r int4range, mr int4multirange, m mood, d positive, c pair, tr tstzrange);
INSERT INTO t VALUES (1, '{1,2}', '[1,5)', '{[1,2),[5,6)}', 'sad', 1, '(1,x)', '[2024-01-01 00:00+00,)'), (2, NULL, 'empty', '{}', NULL, NULL, NULL, NULL),
                     (3, '{1,2}', '[1,5)', NULL, 'ok', 1, '(1,x)', NULL);
-- stream rows
SELECT * FROM t
-- stream grouped
SELECT a, r, m, d, count(*) AS n FROM t GROUP BY a, r, m, d
-- stream matching
SELECT x.id AS x, y.id AS y FROM t x JOIN t y ON x.c = y.c AND x.r && y.r
-- changes
UPDATE t SET a = a || 3, m = 'ok', c.b = 'y' WHERE id = 1;
-- refresh
UPDATE t SET r = '[2,3]', d = 5, a = '{{1,2},{3,4}}' WHERE id IN (2, 3);
ALTER TYPE mood ADD VALUE 'happy';
UPDATE t SET m = 'happy' WHERE id = 3;
-- refresh
DELETE FROM t WHERE id = 3;
-- refresh
