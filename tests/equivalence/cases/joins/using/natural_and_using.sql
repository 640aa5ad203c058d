-- NATURAL JOIN and USING merge columns.
-- tables
CREATE TABLE a (id int PRIMARY KEY, k int, x text);
CREATE TABLE b (k int, id int, y text, PRIMARY KEY (k, id));
CREATE TABLE c (k int PRIMARY KEY, z text);
INSERT INTO a VALUES (1, 1, 'a1'), (2, 2, 'a2'), (3, NULL, 'a3');
INSERT INTO b VALUES (1, 1, 'b1'), (2, 9, 'b2');
INSERT INTO c VALUES (1, 'c1'), (2, 'c2');
-- query
SELECT * FROM a NATURAL JOIN b JOIN c USING (k)
-- changes
UPDATE b SET id = 2 WHERE k = 2;
UPDATE c SET z = 'C' || k;
-- refresh
INSERT INTO b VALUES (3, 3, 'b3');
UPDATE a SET k = 3 WHERE id = 3;
INSERT INTO c VALUES (3, 'c3');
-- refresh
DELETE FROM a WHERE id = 1;
DELETE FROM c WHERE k = 2;
-- refresh
