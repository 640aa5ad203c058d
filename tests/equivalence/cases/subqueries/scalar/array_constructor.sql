-- ARRAY(SELECT ... ORDER BY ...), correlated and not.
-- tables
CREATE TABLE o (id int PRIMARY KEY);
CREATE TABLE i (o int, v int);
INSERT INTO o VALUES (1), (2);
INSERT INTO i VALUES (1, 2), (1, 1);
-- query
SELECT id, ARRAY(SELECT v FROM i WHERE i.o = o.id ORDER BY v) AS own, ARRAY(SELECT v FROM i ORDER BY v DESC) AS every FROM o
-- changes
INSERT INTO i VALUES (2, 7), (1, NULL);
-- refresh
DELETE FROM i WHERE o = 1;
INSERT INTO o VALUES (3);
-- refresh
