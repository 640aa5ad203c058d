-- COALESCE, CASE and IS NULL over columns that the join made NULL, told from columns that are NULL.
-- tables
CREATE TABLE l (id int PRIMARY KEY);
CREATE TABLE r (id int PRIMARY KEY, v int);
INSERT INTO l VALUES (1), (2), (3);
INSERT INTO r VALUES (1, 1), (2, NULL);
-- query
SELECT l.id, coalesce(r.v, 0) AS v, r.v IS NULL AS v_null, r.id IS NULL AS none,
       CASE WHEN r.id IS NULL THEN 'no row' WHEN r.v IS NULL THEN 'no value' ELSE 'value' END AS what
FROM l LEFT JOIN r ON r.id = l.id
-- changes
INSERT INTO r VALUES (3, NULL);
DELETE FROM r WHERE id = 2;
-- refresh
UPDATE r SET v = 3 WHERE id = 3;
UPDATE r SET v = NULL WHERE id = 1;
-- refresh
