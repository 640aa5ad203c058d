-- INTERSECT and EXCEPT whose sides commit late, in either order.
-- tables
CREATE TABLE a (v int);
CREATE TABLE b (v int);
INSERT INTO a VALUES (1), (1);
-- stream common
SELECT v FROM a INTERSECT SELECT v FROM b
-- stream left_over
SELECT v FROM a EXCEPT ALL SELECT v FROM b
-- changes
-- session one
BEGIN;
INSERT INTO b VALUES (1), (2);
-- session two
BEGIN;
INSERT INTO a VALUES (2), (3);
-- session
INSERT INTO a VALUES (4);
-- refresh
-- session two
COMMIT;
-- refresh
-- session one
COMMIT;
-- refresh
