-- A cross join is empty while a side is, and everything at once afterwards.
-- tables
CREATE TABLE l (id int PRIMARY KEY);
CREATE TABLE r (b text);
INSERT INTO l VALUES (1), (2), (3);
-- query
SELECT l.id, r.b FROM l CROSS JOIN r
-- changes
INSERT INTO r VALUES ('x'), ('x');
-- refresh
DELETE FROM r;
INSERT INTO l VALUES (4);
-- refresh
BEGIN;
INSERT INTO r VALUES ('y');
DELETE FROM l WHERE id < 3;
COMMIT;
-- refresh
