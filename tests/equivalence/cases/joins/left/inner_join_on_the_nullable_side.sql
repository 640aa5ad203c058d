-- l LEFT JOIN (m JOIN r): both must match, or none does.
-- tables
CREATE TABLE l (id int PRIMARY KEY);
CREATE TABLE m (l int, r int, PRIMARY KEY (l, r));
CREATE TABLE r (id int PRIMARY KEY, t text);
INSERT INTO l VALUES (1), (2);
INSERT INTO m VALUES (1, 1), (2, 2);
INSERT INTO r VALUES (1, 'one');
-- query
SELECT l.id, m.r, r.t FROM l LEFT JOIN (m JOIN r ON r.id = m.r) ON m.l = l.id
-- changes
INSERT INTO r VALUES (2, 'two');
DELETE FROM r WHERE id = 1;
-- refresh
INSERT INTO m VALUES (1, 2), (2, 1);
-- refresh
DELETE FROM m WHERE r = 2;
INSERT INTO r VALUES (1, 'again');
-- refresh
