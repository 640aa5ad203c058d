-- json through an outer join and UNION ALL, where rows are compared by image.
-- tables
CREATE TABLE l (id int PRIMARY KEY, j json);
CREATE TABLE r (l int, j json);
INSERT INTO l VALUES (1, '{}'), (2, '[]');
INSERT INTO r VALUES (1, '1'), (1, '1');
-- stream joined
SELECT l.id, l.j AS lj, r.j AS rj FROM l LEFT JOIN r ON r.l = l.id
-- stream together
SELECT j FROM l UNION ALL SELECT j FROM r
-- changes
INSERT INTO r VALUES (2, '2'), (2, '2');
-- refresh
DELETE FROM r WHERE l = 1;
UPDATE l SET j = '{ }' WHERE id = 1;
-- refresh
