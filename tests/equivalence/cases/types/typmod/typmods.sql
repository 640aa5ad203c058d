-- varchar(n), char(n), numeric(p,s), bit(n), timestamp(n), interval fields: the facade keeps them.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v varchar(7), c char(4), n numeric(9,3), b bit(3), vb bit varying(6), ts timestamp(2), iv interval day to second(1), a numeric(5,1)[]);
INSERT INTO t VALUES (1, 'abc', 'de', 1.5, B'101', B'1', '2024-01-01 01:02:03.456', '1 day 2:03:04.56', '{1.25,2}');
-- stream rows
SELECT * FROM t
-- stream grouped
SELECT v, c, min(n) AS n, max(ts) AS ts FROM t GROUP BY v, c
-- changes
INSERT INTO t VALUES (2, '', '', 0, B'000', B'', NULL, NULL, '{}'), (3, 'abc', 'de', 99, NULL, NULL, '2025-01-01', '0', NULL);
-- refresh
UPDATE t SET v = v || 'x', n = n + 0.001, a = a || 1.0 WHERE id <> 2;
-- refresh
