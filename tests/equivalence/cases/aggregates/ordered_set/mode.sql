-- mode(): the most frequent, the smallest of a tie by the order asked for.
-- tables
CREATE TABLE t (id int PRIMARY KEY, s text);
INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'b'), (4, NULL), (5, NULL), (6, NULL);
-- query
SELECT mode() WITHIN GROUP (ORDER BY s) AS m, mode() WITHIN GROUP (ORDER BY s DESC) AS d FROM t
-- changes
INSERT INTO t VALUES (7, 'a');
-- refresh
DELETE FROM t WHERE s = 'b';
-- refresh
