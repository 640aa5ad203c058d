-- Constructs whose refresh costs what the change costs. `item` has an index on customer, both have their keys.
-- part: scan
SELECT id, customer, amount, price FROM item
-- part: filter
SELECT id, customer, amount FROM item WHERE amount < 5000
-- part: project
SELECT id, amount * 2 AS twice, price + amount AS value, 'kind ' || kind::text AS kind FROM item
-- part: inner_join
SELECT i.id, c.name, i.amount FROM item i JOIN customer c ON c.id = i.customer
-- part: left_join
SELECT i.id, i.amount, c.name FROM item i LEFT JOIN customer c ON c.id = i.customer AND c.active
-- part: left_join_of_many
SELECT c.id, c.name, i.id AS item, i.amount FROM customer c LEFT JOIN item i ON i.customer = c.id AND i.kind = 1
-- part: full_join
SELECT i.id, i.amount, c.name FROM item i FULL JOIN customer c ON c.id = i.customer
-- part: semi_join
SELECT i.id, i.amount FROM item i WHERE EXISTS (SELECT FROM customer c WHERE c.id = i.customer AND c.active)
-- part: semi_join_in
SELECT c.id, c.name FROM customer c WHERE c.id IN (SELECT i.customer FROM item i WHERE i.amount > 9000)
-- part: anti_join
SELECT c.id, c.name FROM customer c WHERE NOT EXISTS (SELECT FROM item i WHERE i.customer = c.id AND i.amount > 9000)
-- part: distinct_rows
SELECT DISTINCT customer, kind FROM item
-- part: aggregate
SELECT customer, count(*) AS items, sum(amount) AS amount, avg(price) AS price FROM item GROUP BY customer
-- part: aggregate_of_join
SELECT c.name, count(*) AS items, sum(i.amount) AS amount FROM item i JOIN customer c ON c.id = i.customer GROUP BY c.name
-- part: min_max
SELECT customer, min(amount) AS lo, max(amount) AS hi FROM item GROUP BY customer
-- part: windows
SELECT id, customer, amount, rank() OVER (PARTITION BY customer ORDER BY amount DESC, id) AS place FROM item
-- part: top_k
SELECT customer, id, amount FROM (SELECT *, row_number() OVER (PARTITION BY customer ORDER BY amount DESC, id) AS n FROM item) i WHERE n <= 3
-- part: top_k_lateral
SELECT c.id, c.name, b.id AS item, b.amount FROM customer c CROSS JOIN LATERAL (SELECT i.id, i.amount FROM item i WHERE i.customer = c.id ORDER BY i.amount DESC, i.id LIMIT 3) b
