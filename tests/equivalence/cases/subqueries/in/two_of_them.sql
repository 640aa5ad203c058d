-- IN AND NOT IN on two tables, and one of them twice.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v int, w int);
CREATE TABLE b (v int);
CREATE TABLE c (v int);
INSERT INTO a SELECT i, i % 3, i % 2 FROM generate_series(1, 6) i;
INSERT INTO b VALUES (0), (1);
INSERT INTO c VALUES (0);
-- query
SELECT id FROM a WHERE (v IN (SELECT v FROM b) AND w NOT IN (SELECT v FROM c)) OR w IN (SELECT v FROM b WHERE v > 0)
-- changes
DELETE FROM b WHERE v = 1;
-- refresh
INSERT INTO b VALUES (2), (1);
INSERT INTO c VALUES (1);
-- refresh
DELETE FROM c;
UPDATE a SET v = NULL WHERE id < 3;
-- refresh
