-- Partitions come and go: with rows, without, written before and after a refresh has seen them, and after they left.
-- tables
CREATE TABLE t (id int, k int, v int, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
INSERT INTO t VALUES (1, 1, 1), (2, 1, 2);
-- stream rows
SELECT id, k, v FROM t
-- stream grouped
SELECT k, sum(v) AS s, count(*) AS n FROM t GROUP BY k
-- changes
CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2);
INSERT INTO t_2 VALUES (3, 2, 3);
INSERT INTO t VALUES (4, 2, 4);
-- refresh => FULL
INSERT INTO t_2 VALUES (5, 2, 5);
UPDATE t_2 SET v = v + 1 WHERE id = 3;
-- refresh
CREATE TABLE t_3 (v int NOT NULL, id int NOT NULL, k int NOT NULL);
INSERT INTO t_3 (id, k, v) VALUES (6, 3, 6), (7, 3, 7);
ALTER TABLE t ATTACH PARTITION t_3 FOR VALUES IN (3);
-- refresh => FULL
DELETE FROM t_3 WHERE id = 6;
UPDATE t SET v = 70 WHERE id = 7;
-- refresh
ALTER TABLE t DETACH PARTITION t_2;
INSERT INTO t_2 VALUES (8, 2, 8);
UPDATE t_1 SET v = v + 100;
-- refresh => FULL
INSERT INTO t_2 VALUES (9, 2, 9);
DELETE FROM t_1 WHERE id = 1;
-- refresh
ALTER TABLE t ATTACH PARTITION t_2 FOR VALUES IN (2);
DELETE FROM t_2 WHERE id = 3;
-- refresh => FULL
UPDATE t_2 SET v = 0;
-- refresh
DROP TABLE t_3;
-- refresh => FULL
BEGIN;
CREATE TABLE t_4 PARTITION OF t FOR VALUES IN (4) PARTITION BY RANGE (id);
CREATE TABLE t_4_a PARTITION OF t_4 DEFAULT;
INSERT INTO t_4_a VALUES (10, 4, 10);
-- refresh => FULL
INSERT INTO t_4_a VALUES (11, 4, 11);
-- refresh => FULL
COMMIT;
INSERT INTO t_4_a VALUES (12, 4, 12);
-- refresh => FULL
UPDATE t_4_a SET v = 1 WHERE id < 12;
-- refresh
ALTER TABLE t ADD COLUMN extra int DEFAULT 5;
INSERT INTO t_4_a VALUES (13, 4, 13, 6);
-- refresh
ALTER TABLE t DROP COLUMN extra;
INSERT INTO t_4_a VALUES (14, 4, 14);
-- refresh => any
INSERT INTO t_4_a VALUES (15, 4, 15);
-- refresh
