-- Conditions over one side, over both, and constant ones.
-- tables
CREATE TABLE l (id int PRIMARY KEY, k int, a int);
CREATE TABLE r (k int PRIMARY KEY, b int);
INSERT INTO l SELECT i, i % 5, i FROM generate_series(1, 20) i;
INSERT INTO r SELECT i, i * 3 FROM generate_series(0, 4) i;
-- query
SELECT l.id, a + b AS ab FROM l JOIN r ON l.k = r.k AND r.b > 2 WHERE l.a > 4 AND l.a + r.b < 25 AND 1 = 1
-- changes
UPDATE r SET b = b + 4;
-- refresh
UPDATE l SET a = a - 2;
UPDATE r SET b = 0 WHERE k = 3;
-- refresh
UPDATE r SET k = 10 + k WHERE k = 1;
UPDATE l SET k = 11 WHERE k = 2;
-- refresh
