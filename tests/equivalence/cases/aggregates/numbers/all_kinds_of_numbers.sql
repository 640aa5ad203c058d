-- count, sum, avg, min, max over smallint, int, bigint, numeric, numeric(p,s), real and double.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, a smallint, b int, c bigint, d numeric, e numeric(10,3), f real, h float8);
INSERT INTO t SELECT i, i % 3, i, i * 1000, i * 10000000000, i / 4.0, i / 8.0, i / 2.0, i / 4.0 FROM generate_series(1, 12) i;
-- query
SELECT g, count(a) AS ca, sum(a) AS sa, avg(a) AS aa, min(a) AS mina, max(a) AS maxa,
       sum(b) AS sb, avg(b) AS ab, min(b) AS minb, max(b) AS maxb,
       sum(c) AS sc, avg(c) AS ac, min(c) AS minc, max(c) AS maxc,
       sum(d) AS sd, avg(d) AS ad, min(d) AS mind, max(d) AS maxd,
       sum(e) AS se, avg(e) AS ae, min(e) AS mine, max(e) AS maxe,
       sum(f) AS sf, avg(f) AS af, min(f) AS minf, max(f) AS maxf,
       sum(h) AS sh, avg(h) AS ah, min(h) AS minh, max(h) AS maxh
FROM t GROUP BY g
-- changes
UPDATE t SET a = a + 1, b = b + 1, c = c + 1, d = d + 0.25, e = e + 0.125, f = f + 0.5, h = h + 0.25 WHERE id % 2 = 0;
-- refresh
DELETE FROM t WHERE id IN (1, 12);
UPDATE t SET a = NULL, b = NULL, c = NULL, d = NULL, e = NULL, f = NULL, h = NULL WHERE g = 2;
-- refresh
INSERT INTO t VALUES (20, 2, -5, -5, -5, -5.5, -5.5, -5.5, -5.5), (21, 4, 1, 1, 1, 1, 1, 1, 1);
UPDATE t SET g = 0 WHERE g = 1;
-- refresh
