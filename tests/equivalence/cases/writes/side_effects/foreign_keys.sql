-- Cascading deletes and updates, SET NULL and SET DEFAULT write without a statement of the user.
-- tables
CREATE TABLE p (id int PRIMARY KEY, n text);
CREATE TABLE c1 (id int PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE c2 (id int PRIMARY KEY, p int REFERENCES p ON DELETE SET NULL ON UPDATE SET NULL);
CREATE TABLE c3 (id int PRIMARY KEY, p int DEFAULT 0 REFERENCES p ON DELETE SET DEFAULT);
CREATE TABLE g (id int PRIMARY KEY, c int REFERENCES c1 ON DELETE CASCADE);
INSERT INTO p SELECT i, 'p' || i FROM generate_series(0, 5) i;
INSERT INTO c1 SELECT i, i % 5 + 1 FROM generate_series(1, 10) i;
INSERT INTO c2 SELECT i, i % 5 + 1 FROM generate_series(1, 10) i;
INSERT INTO c3 SELECT i, i % 2 + 1 FROM generate_series(1, 4) i;
INSERT INTO g SELECT i, i FROM generate_series(1, 10) i;
-- stream s1
SELECT p.n, c1.id FROM p JOIN c1 ON c1.p = p.id
-- stream s2
SELECT p, count(*) AS n FROM c2 GROUP BY p
-- stream s3
SELECT p, count(*) AS n FROM c3 GROUP BY p
-- stream s4
SELECT p.id AS p, count(*) AS n FROM g JOIN c1 ON g.c = c1.id JOIN p ON p.id = c1.p GROUP BY p.id
-- changes
DELETE FROM p WHERE id = 1;
-- refresh
UPDATE p SET id = id + 100 WHERE id IN (3, 4);
-- refresh
DELETE FROM c1 WHERE p = 103;
DELETE FROM p WHERE id = 2;
-- refresh
