-- An inner join; either side changes, keys change, matches appear and go.
-- tables
CREATE TABLE orders (id int PRIMARY KEY, customer int, total numeric(10,2));
CREATE TABLE customers (id int PRIMARY KEY, name varchar(20));
INSERT INTO customers SELECT i, 'c' || i FROM generate_series(1, 5) i;
INSERT INTO orders SELECT i, i % 7, i * 1.5 FROM generate_series(1, 20) i;
-- query
SELECT o.id, c.name, o.total FROM orders o JOIN customers c ON c.id = o.customer
-- changes
UPDATE customers SET name = 'renamed' WHERE id = 3;
-- refresh
UPDATE orders SET customer = customer + 1 WHERE id <= 10;
-- refresh
DELETE FROM customers WHERE id = 2;
INSERT INTO customers VALUES (6, 'six'), (7, 'seven');
-- refresh
DELETE FROM orders WHERE id % 2 = 0;
UPDATE customers SET id = id + 100 WHERE id = 1;
-- refresh
