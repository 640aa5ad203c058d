-- xmlagg: a type without equality as state and result.
-- mode: any
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, s text);
INSERT INTO t VALUES (1, 1, 'a'), (2, 1, '<b>'), (3, 2, NULL);
-- query
SELECT g, xmlagg(xmlelement(name x, s) ORDER BY id) AS x FROM t GROUP BY g
-- changes
INSERT INTO t VALUES (4, 2, 'd');
-- refresh
UPDATE t SET s = 'z' WHERE id = 1;
DELETE FROM t WHERE id = 2;
-- refresh
