-- Columns called w, seq, xid, count, key, old, new, ctid_, row, d, n.
-- tables
CREATE TABLE t (w int PRIMARY KEY, seq bigint, xid text, count int, key int, old int, new int, "row" int, d int, n int, l int, r int);
INSERT INTO t SELECT i, i, 'x' || i, i % 2, i, i, i, i, i, i, i, i FROM generate_series(1, 6) i;
-- stream rows
SELECT w, seq, xid, count, key, old, new, "row", d, n FROM t WHERE l = r
-- stream grouped
SELECT count, count(*) AS w, sum(seq) AS seq, max(xid) AS xid, min(old) AS new, max(new) AS old FROM t GROUP BY count
-- stream joined
SELECT o.w, n.seq, n.count FROM t o JOIN t n ON n.w = o.w + 1
-- changes
UPDATE t SET seq = seq + 10, old = new + 1, count = 3 WHERE w <= 2;
-- refresh
DELETE FROM t WHERE w = 3;
UPDATE t SET l = 0 WHERE w = 4;
-- refresh
