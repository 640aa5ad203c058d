-- Children come, change their own columns, and go.
-- tables
CREATE TABLE t (id int NOT NULL, a int);
CREATE TABLE c1 () INHERITS (t);
INSERT INTO c1 VALUES (1, 10);
-- query
SELECT id, a FROM t
-- changes
CREATE TABLE c2 (x int) INHERITS (t);
INSERT INTO c2 VALUES (2, 20, 0);
-- refresh => FULL
UPDATE c2 SET a = 21;
-- refresh
CREATE TABLE c3 (y text, z text, a int, id int NOT NULL);
INSERT INTO c3 VALUES ('y', 'z', 30, 3);
ALTER TABLE c3 INHERIT t;
-- refresh => FULL
INSERT INTO c3 VALUES ('y', 'z', 40, 4);
-- refresh
ALTER TABLE c3 DROP COLUMN y;
INSERT INTO c3 VALUES ('z', 50, 5);
-- refresh => FULL
ALTER TABLE c3 DROP COLUMN z;
ALTER TABLE c3 ADD COLUMN zz int;
INSERT INTO c3 (id, a, zz) VALUES (6, 60, 7);
-- refresh => FULL
INSERT INTO c3 (id, a, zz) VALUES (7, 70, 7);
-- refresh
ALTER TABLE c3 NO INHERIT t;
INSERT INTO c3 (id, a) VALUES (8, 80);
UPDATE c1 SET a = 11;
-- refresh => FULL
INSERT INTO c3 (id, a) VALUES (9, 90);
INSERT INTO c1 VALUES (9, 91);
-- refresh
DROP TABLE c2;
-- refresh => FULL
