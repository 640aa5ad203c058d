-- Group keys of array, jsonb, range, enum and interval; 1 day equals 24 hours.
-- compare: equality
-- tables
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id int PRIMARY KEY, a int[], j jsonb, r int4range, m mood, i interval, v int);
INSERT INTO t VALUES (1, '{1}', '{"a": 1}', '[1,3)', 'sad', '1 day', 1), (2, '{1}', '{"a":1}', '[1,2]', 'sad', '24:00', 2), (3, NULL, NULL, NULL, NULL, NULL, 3);
-- stream s1
SELECT a, j, r, count(*) AS n FROM t GROUP BY a, j, r
-- stream s2
SELECT m, i, sum(v) AS s FROM t GROUP BY m, i
-- changes
UPDATE t SET a = '{1,2}', m = 'ok' WHERE id = 1;
-- refresh
INSERT INTO t VALUES (4, NULL, NULL, NULL, NULL, NULL, 4), (5, '{1}', '{"a": 1.0}', '(0,2]', 'sad', '1 day', 5);
-- refresh
DELETE FROM t WHERE id IN (1, 2);
-- refresh
