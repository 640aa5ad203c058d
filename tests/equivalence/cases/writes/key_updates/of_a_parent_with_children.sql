-- Keys of both sides of a foreign key move in one statement by ON UPDATE CASCADE, under a LEFT JOIN and a count.
-- tables
CREATE TABLE p (id int PRIMARY KEY, n text);
CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p ON UPDATE CASCADE ON DELETE SET NULL);
INSERT INTO p VALUES (1, 'one'), (2, 'two');
INSERT INTO c VALUES (1, 1), (2, 1);
-- stream lefts
SELECT p.id, p.n, c.id AS c FROM p LEFT JOIN c ON c.p = p.id
-- stream orphans
SELECT id FROM c WHERE NOT EXISTS (SELECT FROM p WHERE p.id = c.p)
-- stream counted
SELECT p, count(*) AS n FROM c GROUP BY p
-- changes
UPDATE p SET id = id + 10;
-- refresh
DELETE FROM p WHERE id = 11;
-- refresh
UPDATE c SET p = 12, id = id + 1 WHERE id = 2;
-- refresh
