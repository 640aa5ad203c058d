-- The seeds' executive summary: scalar subqueries over nothing else.
-- tables
CREATE TABLE a (id int PRIMARY KEY, v numeric(12,2));
CREATE TABLE b (id int PRIMARY KEY, v int);
-- query
SELECT 'total' AS label, (SELECT sum(v) FROM a) AS sa, (SELECT sum(v) FROM b) AS sb, (SELECT count(*) FROM a) AS n
-- changes
INSERT INTO a VALUES (1, 10.50), (2, 1);
-- refresh
INSERT INTO b VALUES (1, 7);
UPDATE a SET v = NULL;
-- refresh
DELETE FROM a;
DELETE FROM b;
-- refresh
