-- Aggregates that are not undone: order inside, DISTINCT, FILTER, several arguments, ordered sets, hypothetical rows, ranges, bits.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int, f float8, n numeric, s text, ok bool, r int4range, bits bit(4), a int[]);
INSERT INTO t SELECT i, i % 3, i % 7, i / 7.0, i / 8.0, chr(97 + i % 5), i % 2 = 0, int4range(i, i + 2), (i % 16)::bit(4), ARRAY[i, i % 2] FROM generate_series(1, 30) i;
INSERT INTO t (id) VALUES (90);
INSERT INTO t (id, g) VALUES (91, 5);
-- query
SELECT g, string_agg(s, ', ' ORDER BY s DESC, id) AS l, string_agg(DISTINCT s, '') AS d, string_agg(s, s ORDER BY id) FILTER (WHERE v > 2) AS f, array_agg(v ORDER BY id) AS a, array_agg(a ORDER BY id) FILTER (WHERE a IS NOT NULL) AS aa, array_agg(DISTINCT v ORDER BY v DESC NULLS LAST) AS ad FROM t GROUP BY g
-- stream ordered_set
SELECT g, percentile_cont(0.5) WITHIN GROUP (ORDER BY f) AS pc, percentile_disc(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY v DESC) AS pd, mode() WITHIN GROUP (ORDER BY s) AS m, percentile_disc(g / 10.0) WITHIN GROUP (ORDER BY n) FILTER (WHERE g >= 0) AS own FROM t GROUP BY g
-- stream hypothetical
SELECT g, rank(3) WITHIN GROUP (ORDER BY v) AS r, dense_rank(3, 'c') WITHIN GROUP (ORDER BY v, s) AS d, percent_rank(g) WITHIN GROUP (ORDER BY v) AS p, cume_dist(1.5) WITHIN GROUP (ORDER BY n NULLS FIRST) AS c FROM t GROUP BY g
-- changes
UPDATE t SET v = v + 1, s = s || 'x' WHERE id % 4 = 0;
-- refresh
DELETE FROM t WHERE g = 1;
UPDATE t SET g = 9 WHERE g = 2 AND id < 10;
-- refresh
UPDATE t SET f = NULL, n = NULL, s = NULL, r = NULL, ok = NULL, bits = NULL WHERE id % 3 = 0;
INSERT INTO t (id, g, v, s) VALUES (200, 1, 1, 'only');
-- refresh
DELETE FROM t;
-- refresh
INSERT INTO t (id, g, v, f, s, ok) VALUES (1, NULL, 1, 'NaN', '', true);
-- refresh
