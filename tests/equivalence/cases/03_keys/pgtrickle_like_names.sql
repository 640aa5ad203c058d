-- The key's column is called like a hidden column might be.
-- tables
CREATE TABLE t (weir_id int PRIMARY KEY, weir_hash text, weir_w int, weir_n int, weir_seq bigint, weir_xid text);
INSERT INTO t VALUES (1, 'h', 5, 1, 1, 'x'), (2, 'h', -1, 1, 2, 'y');
-- stream copy
SELECT * FROM t
-- stream grouped
SELECT weir_hash, sum(weir_w) AS weir_w, count(*) AS weir_n FROM t GROUP BY weir_hash
-- changes
UPDATE t SET weir_w = 0, weir_xid = 'z' WHERE weir_id = 2;
INSERT INTO t VALUES (3, 'i', 1, 1, 1, NULL);
-- refresh
DELETE FROM t WHERE weir_id = 1;
-- refresh
