-- Text keys: empty, with blanks, quotes, other cases.
-- tables
CREATE TABLE t (k text PRIMARY KEY, v int);
INSERT INTO t VALUES ('', 0), ('a', 1), ('A', 2), ('a ', 3), ('it''s', 4), ('back\slash', 5), ('"q"', 6);
-- query
SELECT k, v FROM t WHERE v < 100
-- changes
UPDATE t SET v = v + 10 WHERE k IN ('', 'a', 'it''s');
-- refresh
UPDATE t SET k = k || '1Q' WHERE k <> 'A';
-- refresh
DELETE FROM t WHERE k LIKE '%Q%';
INSERT INTO t VALUES ('', 7), (E'tab\tnew\nline', 8);
-- refresh
