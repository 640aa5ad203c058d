-- min, max and a window by two collations give different orders.
-- tables
CREATE TABLE t (id int PRIMARY KEY, s text);
INSERT INTO t VALUES (1, 'a'), (2, 'B'), (3, 'c');
-- query
SELECT min(s COLLATE "C") AS c_min, max(s COLLATE "C") AS c_max, min(s COLLATE "en-x-icu") AS i_min, max(s COLLATE "en-x-icu") AS i_max FROM t
-- changes
INSERT INTO t VALUES (4, 'D'), (5, 'A');
-- refresh
DELETE FROM t WHERE s IN ('a', 'B', 'c');
-- refresh
