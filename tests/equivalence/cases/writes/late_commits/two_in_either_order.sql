-- Two transactions open at once: the later one commits first, a refresh between, then the earlier one.
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int);
INSERT INTO t VALUES (1, 1, 1);
-- stream rows
SELECT id, g, v FROM t
-- stream grouped
SELECT g, count(*) AS n, sum(v) AS s, max(v) AS m FROM t GROUP BY g
-- changes
-- session early
BEGIN;
INSERT INTO t VALUES (2, 1, 2);
-- session late
BEGIN;
INSERT INTO t VALUES (3, 1, 3);
-- session
INSERT INTO t VALUES (4, 2, 4);
-- refresh
-- session late
COMMIT;
-- refresh
-- session early
UPDATE t SET v = 20 WHERE id = 2;
COMMIT;
-- refresh
-- session early
BEGIN;
DELETE FROM t WHERE id = 2;
-- session late
BEGIN;
UPDATE t SET g = 2 WHERE id = 3;
-- session early
COMMIT;
-- refresh
-- session late
COMMIT;
-- refresh
