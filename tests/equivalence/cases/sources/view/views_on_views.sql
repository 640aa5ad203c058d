-- Views on views: column lists, renamed columns, aggregates, UNION ALL, ORDER BY, joins, odd names; one of them read twice.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v numeric(10,2), "Odd Name" text COLLATE "C");
CREATE TABLE u (g int, w int);
INSERT INTO t SELECT i, i % 3, i * 1.5, 'n' || i FROM generate_series(1, 9) i;
INSERT INTO u VALUES (0, 1), (1, 1), (1, 2);
CREATE VIEW named(a, b, c, "Odd") AS SELECT id, g, v, "Odd Name" FROM t ORDER BY v DESC;
CREATE VIEW sums AS SELECT b AS g, sum(c) AS s, count(*) AS n FROM named GROUP BY b;
CREATE VIEW "Both" AS SELECT a, "Odd" FROM named WHERE b = 1 UNION ALL SELECT w, 'u' FROM u;
CREATE VIEW starred AS SELECT * FROM named;
ALTER VIEW starred RENAME COLUMN c TO amount;
ALTER VIEW starred RENAME COLUMN a TO c;
CREATE VIEW nobody AS SELECT NULL AS nothing, 'x' AS x, g FROM u;
-- stream summed
SELECT s.g, s.s, u.w FROM sums s JOIN u USING (g)
-- stream rows
SELECT * FROM "Both"
-- stream twice
SELECT x.c AS x, y.c AS y, x.amount, y."Odd" FROM starred x JOIN starred y ON x.b = y.b AND x.c < y.c
-- stream of_constants
SELECT * FROM nobody
-- stream above
SELECT sum(s) AS s, max(n) AS n FROM sums
-- changes
UPDATE t SET v = v + 0.01 WHERE id < 4;
INSERT INTO u VALUES (2, 5), (NULL, NULL);
-- refresh
DELETE FROM t WHERE g = 1;
UPDATE u SET w = w + 10;
-- refresh
INSERT INTO t VALUES (20, 1, 7, 'again'), (21, NULL, NULL, NULL);
ALTER TABLE t RENAME COLUMN "Odd Name" TO plain;
ALTER VIEW named RENAME TO otherwise;
UPDATE t SET plain = 'changed', g = 2 WHERE id = 2;
-- refresh
