-- A collation in which 'a' = 'A': joins and groups follow it, values keep their letters.
-- compare: equality
-- tables
CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE t (id int PRIMARY KEY, s text COLLATE ci);
CREATE TABLE u (s text COLLATE ci PRIMARY KEY, n int);
INSERT INTO t VALUES (1, 'a'), (2, 'A'), (3, 'b'), (4, NULL);
INSERT INTO u VALUES ('A', 1), ('c', 2);
-- stream rows
SELECT id, s FROM t WHERE s <> 'C'
-- stream grouped
SELECT s, count(*) AS n FROM t GROUP BY s
-- stream joined
SELECT t.id, u.n FROM t JOIN u ON u.s = t.s
-- changes
UPDATE t SET s = 'C' WHERE id IN (2, 4);
-- refresh
DELETE FROM t WHERE id = 1;
UPDATE u SET s = 'B' WHERE n = 1;
-- refresh
UPDATE t SET s = 'b' WHERE id = 2;
INSERT INTO t VALUES (5, 'B'), (6, 'a');
-- refresh
DELETE FROM t WHERE s = 'b' AND id <> 5;
-- refresh
