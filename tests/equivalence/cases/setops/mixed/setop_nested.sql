-- Set operations in each other, to three levels, in FROM and in CTEs, under joins and aggregates, with types to be unified.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (id int PRIMARY KEY, v bigint);
CREATE TABLE c (id int PRIMARY KEY, v numeric(8,2));
INSERT INTO a SELECT i, i % 5 FROM generate_series(1, 12) i;
INSERT INTO b SELECT i, i % 4 FROM generate_series(1, 9) i;
INSERT INTO c SELECT i, i % 3 FROM generate_series(1, 7) i;
-- query
SELECT v FROM a UNION SELECT v FROM b INTERSECT SELECT v FROM c
-- stream s1
(SELECT v FROM a EXCEPT ALL SELECT v FROM b) UNION ALL SELECT v FROM c
-- stream s2
SELECT v FROM a EXCEPT (SELECT v FROM b UNION ALL SELECT v FROM c WHERE v > 1)
-- stream s4
WITH q AS (SELECT v FROM a UNION SELECT v FROM b) SELECT q.v, r.id FROM q JOIN a r ON r.v = q.v UNION SELECT v, 0 FROM q
-- stream s7
SELECT 'a' AS t, max(v) AS m FROM a UNION SELECT 'b', max(v) FROM b UNION SELECT 'a', min(v) + 4 FROM a
-- changes
INSERT INTO c VALUES (20, 3.00), (21, 4);
-- refresh
UPDATE a SET v = v + 1 WHERE id % 3 = 0;
DELETE FROM b WHERE v = 2;
-- refresh
UPDATE c SET v = NULL WHERE id < 4;
UPDATE b SET v = NULL WHERE id = 1;
UPDATE a SET v = NULL WHERE id IN (1, 2);
-- refresh
DELETE FROM c;
INSERT INTO b SELECT i, 2 FROM generate_series(30, 33) i;
-- refresh
DELETE FROM a WHERE v IS NULL OR v = 2;
INSERT INTO c SELECT id, v FROM b;
-- refresh
DELETE FROM a;
DELETE FROM b;
-- refresh
