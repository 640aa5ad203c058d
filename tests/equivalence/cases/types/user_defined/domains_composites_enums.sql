-- Domains with checks, composite columns and their fields, enums in order.
-- tables
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE pair AS (a int, b text);
CREATE TYPE size AS ENUM ('small', 'large');
CREATE TABLE t (id int PRIMARY KEY, d positive, p pair, e size);
INSERT INTO t VALUES (1, 1, '(1,x)', 'small'), (2, 2, NULL, 'large'), (3, NULL, '(,)', NULL);
-- stream rows
SELECT id, d, p, (p).b AS b, e FROM t WHERE e > 'small' OR (p).a = 1 OR d IS NULL
-- stream grouped
SELECT e, max(d) AS m, count(p) AS n, min(e) AS lo FROM t GROUP BY e
-- stream by_pair
SELECT p, count(*) AS n FROM t GROUP BY p
-- changes
UPDATE t SET p.a = 1, e = 'large' WHERE id <> 2;
-- refresh
ALTER TYPE size ADD VALUE 'huge';
UPDATE t SET e = 'huge' WHERE id = 1;
-- refresh
DELETE FROM t WHERE id = 2;
INSERT INTO t VALUES (4, 9, '(1,x)', 'small');
-- refresh
