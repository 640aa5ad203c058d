-- The seeds' diamond: two sums over one table and a tip that shows both.
-- tables
CREATE TABLE sales (id bigserial PRIMARY KEY, region text NOT NULL, product_id bigint NOT NULL, amount numeric(12,2) NOT NULL,
                    created_at timestamptz NOT NULL DEFAULT now());
INSERT INTO sales (region, product_id, amount) SELECT 'r' || i % 4, i % 10, i * 1.11 FROM generate_series(1, 50) i;
-- stream revenue_by_region
SELECT region, SUM(amount) AS revenue, COUNT(*) AS sale_count FROM sales GROUP BY region
-- stream revenue_by_product
SELECT product_id, SUM(amount) AS revenue, COUNT(*) AS sale_count FROM sales GROUP BY product_id
-- stream exec_summary
SELECT 'total' AS label, (SELECT SUM(revenue) FROM revenue_by_region) AS regional_total, (SELECT SUM(revenue) FROM revenue_by_product) AS product_total
-- changes
INSERT INTO sales (region, product_id, amount) VALUES ('north', 1, 1000.00);
-- refresh exec_summary
UPDATE sales SET amount = amount * 2 WHERE product_id = 3;
DELETE FROM sales WHERE region = 'r1';
-- refresh revenue_by_region
UPDATE sales SET region = 'r9', product_id = 99 WHERE id % 3 = 0;
-- refresh
DELETE FROM sales;
-- refresh exec_summary
