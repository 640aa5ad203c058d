-- Customers with ten items each, whatever ROWS, the number of items, is.
CREATE TABLE customer (id integer PRIMARY KEY, name text NOT NULL, active boolean NOT NULL);
CREATE TABLE item (id integer PRIMARY KEY, customer integer, kind integer NOT NULL, amount integer NOT NULL, price numeric(10,2) NOT NULL);
CREATE SEQUENCE item_id START 10000000;
INSERT INTO customer SELECT i, 'customer ' || i, i % 3 <> 0 FROM generate_series(0, ROWS / 10 - 1) i;
INSERT INTO item SELECT i, nullif(i / 10, 7), i % 4, i % 10000 * 7919 % 10000, i % 1000 / 10.0 FROM generate_series(0, ROWS - 1) i;
CREATE INDEX ON item (customer);

-- What a cycle changes: a thousand customers from START on, each STEP further, and of each the item that is worth least.
CREATE FUNCTION picked(start integer, step integer) RETURNS TABLE (n integer, customer integer, item integer) LANGUAGE sql STABLE AS $$
    SELECT p.n, p.customer, (SELECT i.id FROM item i WHERE i.customer = p.customer ORDER BY i.amount, i.id LIMIT 1)
    FROM (SELECT n, (start + n * step) % (ROWS / 10) AS customer FROM generate_series(0, 999) n) p
$$;
