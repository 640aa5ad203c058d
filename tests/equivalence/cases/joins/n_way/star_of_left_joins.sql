-- A fact with four optional dimensions, grouped.
-- tables
CREATE TABLE f (id int PRIMARY KEY, a int, b int, c int, d int, v int);
CREATE TABLE da (id int PRIMARY KEY, n text);
CREATE TABLE db (id int PRIMARY KEY, n text);
CREATE TABLE dc (id int PRIMARY KEY, n text);
CREATE TABLE dd (id int PRIMARY KEY, n text);
INSERT INTO da VALUES (0, 'a0'), (1, 'a1');
INSERT INTO db VALUES (0, 'b0');
INSERT INTO dc VALUES (1, 'c1');
INSERT INTO f SELECT i, i % 2, i % 3, i % 2, nullif(i % 4, 0), i FROM generate_series(1, 12) i;
-- query
SELECT da.n AS a, db.n AS b, dc.n AS c, dd.n AS d, sum(v) AS v, count(*) AS n
FROM f LEFT JOIN da ON da.id = f.a LEFT JOIN db ON db.id = f.b LEFT JOIN dc ON dc.id = f.c LEFT JOIN dd ON dd.id = f.d
GROUP BY 1, 2, 3, 4
-- changes
INSERT INTO dd VALUES (1, 'd1'), (2, 'd2');
UPDATE f SET v = v + 1 WHERE id = 5;
-- refresh
BEGIN;
DELETE FROM da WHERE id = 0;
UPDATE db SET id = 1;
INSERT INTO f VALUES (20, 7, 7, 7, 7, 7);
INSERT INTO dc VALUES (7, 'c7');
COMMIT;
-- refresh
DELETE FROM f WHERE id % 2 = 0;
-- refresh
