-- Branches of different types meet in a common one: int with numeric, varchar with text, NULL with date.
-- compare: equality
-- tables
CREATE TABLE a (v int, s varchar(5), d date);
CREATE TABLE b (v numeric, s text);
INSERT INTO a VALUES (1, 'x', '2024-01-01');
INSERT INTO b VALUES (1.5, 'longer than five');
-- query
SELECT v, s, d FROM a UNION SELECT v, s, NULL FROM b
-- changes
INSERT INTO b VALUES (1, 'x'), (2, 'y');
INSERT INTO a VALUES (2, 'y', NULL);
-- refresh
DELETE FROM a WHERE d IS NULL;
DELETE FROM b WHERE v = 1.5;
-- refresh
