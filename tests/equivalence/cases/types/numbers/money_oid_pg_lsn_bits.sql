-- The less usual scalar types, copied, filtered and grouped.
-- tables
CREATE TABLE t (id int PRIMARY KEY, o oid, l pg_lsn, b bit varying(8), i inet, c cidr, m macaddr, ch "char", n name, x xid8, q tsquery, v tsvector);
INSERT INTO t VALUES (1, 1, '0/1', B'101', '10.0.0.1/8', '10.0.0.0/8', '08:00:2b:01:02:03', 'a', 'nm', '7', 'a & b', 'a:1 b:2'), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
-- stream rows
SELECT * FROM t
-- stream grouped
SELECT o, i, ch, count(*) AS n, max(l) AS l FROM t GROUP BY o, i, ch
-- stream found
SELECT id FROM t WHERE v @@ q
-- changes
UPDATE t SET i = '10.0.0.2', b = B'1', ch = 'b' WHERE id = 1;
-- refresh
INSERT INTO t VALUES (3, 1, '1/0', B'', '::1', '::/0', '00:00:00:00:00:00', '', '', '8', 'c', 'c:3');
DELETE FROM t WHERE id = 2;
-- refresh
