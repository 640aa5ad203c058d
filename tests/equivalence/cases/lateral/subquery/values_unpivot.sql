-- LATERAL (VALUES ...): columns become rows.
-- tables
CREATE TABLE t (id int PRIMARY KEY, q1 int, q2 int);
INSERT INTO t VALUES (1, 10, 20), (2, NULL, 5);
-- query
SELECT t.id, x.q, x.v FROM t, LATERAL (VALUES ('q1', q1), ('q2', q2)) x (q, v) WHERE x.v IS NOT NULL
-- changes
UPDATE t SET q1 = 7, q2 = NULL WHERE id = 2;
-- refresh
INSERT INTO t VALUES (3, 1, 1);
DELETE FROM t WHERE id = 1;
-- refresh
