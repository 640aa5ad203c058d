-- Set operations in FROM, joined and aggregated.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (id int PRIMARY KEY, v bigint);
CREATE TABLE c (id int PRIMARY KEY, v numeric(8,2));
INSERT INTO a SELECT i, i % 5 FROM generate_series(1, 12) i;
INSERT INTO b SELECT i, i % 4 FROM generate_series(1, 9) i;
INSERT INTO c SELECT i, i % 3 FROM generate_series(1, 7) i;
-- query
SELECT x.v, count(*) AS n, sum(y.v) AS s FROM (SELECT v FROM a INTERSECT ALL SELECT v FROM b) x JOIN c y ON y.v = x.v GROUP BY x.v
-- stream s5
SELECT sum(v) AS s, count(*) AS n FROM ((SELECT v FROM a EXCEPT ALL SELECT v FROM c) INTERSECT ALL (SELECT v FROM b UNION ALL SELECT v FROM b)) z
-- stream s6
SELECT DISTINCT v / 2 AS h FROM (SELECT v FROM a UNION ALL SELECT v FROM c) z EXCEPT SELECT v FROM b GROUP BY v HAVING count(*) > 2
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
