-- A security_barrier view over a LEFT JOIN.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int);
CREATE TABLE r (k int PRIMARY KEY, n text);
INSERT INTO l VALUES (1, 1), (2, 2);
INSERT INTO r VALUES (1, 'one');
CREATE VIEW lr WITH (security_barrier) AS SELECT l.id, r.n FROM l LEFT JOIN r USING (k) WHERE l.id < 100;
-- query
SELECT id, coalesce(n, 'none') AS n FROM lr WHERE id > 1
-- changes
INSERT INTO r VALUES (2, 'two');
INSERT INTO l VALUES (3, 3), (200, 1);
-- refresh
DELETE FROM r;
-- refresh
