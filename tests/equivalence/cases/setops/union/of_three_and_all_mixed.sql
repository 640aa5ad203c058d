-- (a UNION ALL b) UNION c, and a UNION (b UNION ALL c): not the same.
-- tables
CREATE TABLE a (v int);
CREATE TABLE b (v int);
CREATE TABLE c (v int);
INSERT INTO a VALUES (1), (1);
INSERT INTO b VALUES (1), (2);
INSERT INTO c VALUES (3), (3);
-- stream outer_set
(SELECT v FROM a UNION ALL SELECT v FROM b) UNION SELECT v FROM c
-- stream inner_set
(SELECT v FROM a UNION SELECT v FROM b) UNION ALL SELECT v FROM c
-- changes
INSERT INTO c VALUES (1), (4);
DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a);
-- refresh
DELETE FROM a;
DELETE FROM b WHERE v = 1;
-- refresh
DELETE FROM c WHERE v = 3;
-- refresh
