-- Three occurrences: pairs that share a third.
-- tables
CREATE TABLE e (src int, dst int, PRIMARY KEY (src, dst) DEFERRABLE);
INSERT INTO e VALUES (1, 2), (2, 3), (3, 1), (3, 4), (4, 4);
-- query
SELECT a.src AS a, b.src AS b, c.src AS c FROM e a JOIN e b ON a.dst = b.src JOIN e c ON b.dst = c.src AND c.dst = a.src
-- changes
INSERT INTO e VALUES (2, 1), (1, 4), (4, 1);
-- refresh
DELETE FROM e WHERE src = 3;
UPDATE e SET dst = 3 WHERE src = 1 AND dst = 4;
INSERT INTO e VALUES (3, 2);
-- refresh
UPDATE e SET src = dst, dst = src WHERE src <> dst AND src + dst <> 5;
-- refresh
