-- session_replication_role = replica silences ordinary triggers, not the capture.
-- tables
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t VALUES (1, 1);
GRANT SELECT ON t TO public;
-- query
SELECT count(*) AS n, sum(v) AS s FROM t
-- changes
ALTER TABLE t DISABLE TRIGGER USER;
ALTER TABLE t ENABLE TRIGGER USER;
INSERT INTO t VALUES (2, 2);
-- refresh
UPDATE t SET v = 10;
-- refresh
