-- bit_and, bit_or, bit_xor over int and bit(n).
-- tables
CREATE TABLE t (id int PRIMARY KEY, g int, v int, b bit(4));
INSERT INTO t VALUES (1, 1, 6, B'0110'), (2, 1, 3, B'0011'), (3, 2, NULL, NULL);
-- query
SELECT g, bit_and(v) AS a, bit_or(v) AS o, bit_xor(v) AS x, bit_and(b) AS ba, bit_or(b) AS bo, bit_xor(b) AS bx FROM t GROUP BY g
-- changes
DELETE FROM t WHERE id = 2;
-- refresh
INSERT INTO t VALUES (4, 1, 8, B'1000'), (5, 2, 1, B'0001');
-- refresh
UPDATE t SET v = v | 1, b = NULL;
-- refresh
