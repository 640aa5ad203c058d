-- Aggregates of columns that may be missing skip the NULLs that stand for them: rows find a partner, lose it, and groups stay while a row on the left is there.
-- tables
CREATE TABLE customers (id int PRIMARY KEY, name text, region text, credit numeric(8,2));
CREATE TABLE items (id int PRIMARY KEY, customer int, amount numeric(8,2), note text, day date);
INSERT INTO customers SELECT i, 'c' || i % 7, CASE WHEN i % 5 > 0 THEN 'r' || i % 3 END, i FROM generate_series(1, 20) i;
INSERT INTO items SELECT i, i % 25, CASE WHEN i % 6 > 0 THEN i END, CASE WHEN i % 4 > 0 THEN 'n' || i % 3 END, date '2024-01-01' + i FROM generate_series(1, 60) i;
-- stream q1
SELECT c.id, c.name, count(i.id) AS n, sum(i.amount) AS s, avg(i.amount) AS m, min(i.note) AS lo, max(i.day) AS hi, count(DISTINCT i.note) AS notes FROM customers c LEFT JOIN items i ON i.customer = c.id AND i.amount > 5 AND c.credit < 18 WHERE c.id <> 9 GROUP BY c.id
-- stream q2
SELECT c.region, c.credit > 10 AS rich, count(i.amount) AS n, sum(i.amount) AS s FROM items i RIGHT JOIN customers c ON i.customer = c.id GROUP BY c.region, c.credit > 10 HAVING count(i.id) < 30
-- stream q3
SELECT count(i.id) AS n, max(i.amount) AS hi FROM customers c LEFT JOIN (SELECT x.*, y.name AS other FROM items x JOIN customers y ON y.id = x.customer) i ON i.other = c.name
-- stream q4
SELECT q.n, count(*) AS customers FROM (SELECT c.id, count(i.id) FROM customers c LEFT JOIN items i ON c.id = i.customer AND i.note NOT LIKE '%2' GROUP BY c.id) q(id, n) GROUP BY q.n
-- stream q5
SELECT c.region, c.name, sum(i.amount) AS s FROM customers c LEFT JOIN items i ON c.id = i.customer GROUP BY ROLLUP (c.region, c.name)
-- stream q6
SELECT c.name FROM customers c LEFT JOIN items i ON c.id = i.customer GROUP BY c.name
-- stream q7
SELECT c.name, count(*) AS n, count(c.id) AS k, count(i.id) FILTER (WHERE c.id > 3) AS f, array_agg(i.id ORDER BY i.id) AS ids FROM customers c LEFT JOIN items i ON c.id = i.customer GROUP BY c.name
-- changes
DELETE FROM items WHERE customer IN (3, 4);
UPDATE items SET amount = NULL WHERE customer = 5;
INSERT INTO items VALUES (100, 25, 7, 'n9', '2025-01-01'), (101, 0, 1, NULL, NULL);
-- refresh
INSERT INTO customers VALUES (25, 'c1', NULL, 3), (26, 'new', 'r9', 12.5);
UPDATE items SET customer = 26, note = 'n2' WHERE id = 100;
UPDATE customers SET credit = 30 WHERE id IN (1, 2);
-- refresh
DELETE FROM customers WHERE id IN (26, 3, 7);
UPDATE customers SET id = 3 WHERE id = 25;
UPDATE items SET customer = NULL WHERE customer = 6;
-- refresh
DELETE FROM items;
-- refresh
INSERT INTO items VALUES (1, 1, 8, 'x', NULL), (2, 3, 9, NULL, '2024-05-05');
DELETE FROM customers WHERE name = 'c1' AND id <> 1;
-- refresh
DELETE FROM customers;
-- refresh
