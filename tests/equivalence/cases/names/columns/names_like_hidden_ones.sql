-- Columns called like hidden columns might be. (weir_ itself is reserved: fault/test_errors.py.)
-- tables
CREATE TABLE t (w_id int PRIMARY KEY, hash text, w int, n int, seq bigint, xid text);
INSERT INTO t VALUES (1, 'h', 5, 1, 1, 'x'), (2, 'h', -1, 1, 2, 'y');
-- stream copy
SELECT * FROM t
-- stream grouped
SELECT hash, sum(w) AS w, count(*) AS n2 FROM t GROUP BY hash
-- changes
UPDATE t SET w = 0, xid = 'z' WHERE w_id = 2;
INSERT INTO t VALUES (3, 'i', 1, 1, 1, NULL);
-- refresh
DELETE FROM t WHERE w_id = 1;
-- refresh
