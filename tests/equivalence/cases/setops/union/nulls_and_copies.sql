-- UNION: one copy however many on either side; NULLs are equal.
-- tables
CREATE TABLE a (v int, s text);
CREATE TABLE b (v int, s text);
INSERT INTO a VALUES (1, 'x'), (1, 'x'), (NULL, NULL);
INSERT INTO b VALUES (1, 'x'), (2, NULL);
-- query
SELECT v, s FROM a UNION SELECT v, s FROM b
-- changes
DELETE FROM a;
-- refresh
DELETE FROM b WHERE v = 1;
INSERT INTO b VALUES (NULL, NULL), (NULL, NULL);
-- refresh
INSERT INTO a VALUES (2, NULL), (3, 'z');
DELETE FROM b;
-- refresh
