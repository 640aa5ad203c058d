-- An update that leaves a toasted column alone, and one of another column of the key's row.
-- tables
CREATE TABLE t (id int PRIMARY KEY, big text, small int);
ALTER TABLE t ALTER big SET STORAGE EXTERNAL;
INSERT INTO t SELECT i, repeat('abc' || i, 5000), i FROM generate_series(1, 3) i;
-- query
SELECT small, big, length(big) AS len FROM t
-- changes
UPDATE t SET small = small + 1;
-- refresh
UPDATE t SET id = id + 10, small = 0 WHERE id = 2;
UPDATE t SET big = NULL WHERE id = 3;
-- refresh
