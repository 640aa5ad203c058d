-- The common type of a column of arms that compute it, of a type in the creator's search path: its name must hold without that path.
-- tables
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN amount AS int CHECK (VALUE < 1000);
CREATE TABLE t (id int PRIMARY KEY, m mood, v int);
INSERT INTO t VALUES (1, 'sad', 10), (2, 'happy', 20);
-- stream arms
SELECT 'ok'::mood AS m, id FROM t UNION ALL SELECT m, v FROM t
-- stream sums
SELECT m, sum(v::amount) AS s, avg(v::amount) AS a FROM t GROUP BY m
-- changes
INSERT INTO t VALUES (3, 'sad', 30);
-- refresh
UPDATE t SET m = 'ok', v = v + 1 WHERE id < 3;
DELETE FROM t WHERE id = 3;
-- refresh
