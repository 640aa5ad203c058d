-- current_date: what is due depends on the day the query runs.
-- construct: CURRENT_DATE|current_date|STABLE|now
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, due date);
INSERT INTO t VALUES (1, '2000-01-01'), (2, '9999-01-01');
-- query
SELECT id FROM t WHERE due <= current_date
-- changes
UPDATE t SET due = '2001-01-01' WHERE id = 2;
-- refresh
INSERT INTO t VALUES (3, '9999-01-01'), (4, NULL), (5, '1999-01-01');
-- refresh
