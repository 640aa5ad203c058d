-- Two levels, a hash level, and a partition whose columns stand in another order and with one dropped.
-- tables
CREATE TABLE t (id int, at date, note text, v numeric) PARTITION BY RANGE (at);
CREATE TABLE t_24 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY HASH (id);
CREATE TABLE t_24_0 PARTITION OF t_24 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE t_24_1 PARTITION OF t_24 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE t_25 (gone int, v numeric, at date, gone_too text, id int, note text);
ALTER TABLE t_25 DROP COLUMN gone, DROP COLUMN gone_too;
ALTER TABLE t ATTACH PARTITION t_25 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
INSERT INTO t SELECT i, date '2024-01-01' + i * 60, 'n' || i, i FROM generate_series(1, 12) i WHERE i <> 12;
-- stream rows
SELECT id, at, note FROM t
-- stream grouped
SELECT date_part('year', at::timestamp) AS y, count(*) AS n, sum(v) AS s FROM t GROUP BY date_part('year', at::timestamp)
-- stream of_a_pair
SELECT a.id AS a, b.id AS b FROM t a JOIN t b ON a.at < b.at AND a.note = b.note
-- changes
INSERT INTO t_25 (id, at, note, v) VALUES (20, '2025-05-05', 'n1', 20);
UPDATE t_25 SET v = v * 2, note = 'n2' WHERE id > 8;
INSERT INTO t_24 VALUES (21, '2024-05-05', 'n1', 20);
UPDATE t_24 SET id = id + 1;
-- refresh
UPDATE t SET at = at + 366 WHERE at < '2024-06-01';
DELETE FROM t_24_0;
UPDATE t_24_1 SET v = v + 0.5, note = NULL;
-- refresh
DELETE FROM t_25 WHERE id % 2 = 0;
INSERT INTO t SELECT id, at, note, v FROM t;
-- refresh
