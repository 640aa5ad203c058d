-- Many changed rows belong to one row of another table: it is looked at once for all of them, whatever else they are compared by.
-- tables
CREATE TABLE orders (id int PRIMARY KEY, day date, weight numeric);
CREATE TABLE lines (id int PRIMARY KEY, order_id int, supplier int, late bool, weight numeric, code text);
INSERT INTO orders SELECT i, date '2024-01-01' + i % 4, i % 5 FROM generate_series(1, 12) i;
INSERT INTO lines SELECT i, CASE WHEN i % 9 > 0 THEN i % 13 END, i % 3, i % 4 = 0, (i % 6)::numeric(4, 1), 'c' || i % 2 FROM generate_series(1, 60) i;
-- stream waiting
SELECT o.day, count(*) AS n FROM orders o WHERE o.day < '2024-01-04' AND EXISTS (SELECT FROM lines l WHERE l.order_id = o.id AND l.late AND l.code = 'c0') GROUP BY o.day
-- stream alone_late
SELECT l1.id, l1.supplier FROM lines l1, orders o WHERE o.id = l1.order_id AND l1.late AND EXISTS (SELECT FROM lines l2 WHERE l2.order_id = l1.order_id AND l2.supplier <> l1.supplier) AND NOT EXISTS (SELECT FROM lines l3 WHERE l3.order_id = l1.order_id AND l3.supplier <> l1.supplier AND l3.late)
-- stream as_heavy
SELECT o.id FROM orders o WHERE EXISTS (SELECT FROM lines l WHERE l.weight = o.weight AND l.code <> 'c1')
-- changes
UPDATE lines SET late = NOT late WHERE order_id IN (1, 2, 3);
UPDATE lines SET supplier = 1 WHERE order_id = 4;
UPDATE lines SET weight = weight + 0.00 WHERE id % 5 = 0;
-- refresh
DELETE FROM lines WHERE order_id = 5 AND supplier <> 2;
UPDATE lines SET order_id = 6 WHERE order_id IS NULL;
UPDATE lines SET code = 'c1', weight = 9 WHERE weight = 2;
-- refresh
UPDATE orders SET day = '2024-01-04', weight = 9.00 WHERE id < 6;
UPDATE lines SET late = true WHERE id % 7 = 0;
-- refresh
DELETE FROM lines WHERE late;
INSERT INTO lines VALUES (100, 7, 1, true, 3.0, 'c0'), (101, 7, 2, false, 3, 'c0');
-- refresh
