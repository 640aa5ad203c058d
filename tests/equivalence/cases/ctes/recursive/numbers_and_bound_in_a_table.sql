-- A series whose bound is read from a table.
-- tables
CREATE TABLE bound (n int);
INSERT INTO bound VALUES (3);
-- query
WITH RECURSIVE s AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM s WHERE i < (SELECT max(n) FROM bound)) SELECT i FROM s
-- changes
UPDATE bound SET n = 5;
-- refresh
DELETE FROM bound;
-- refresh
INSERT INTO bound VALUES (2), (4);
-- refresh
