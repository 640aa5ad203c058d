-- Rounds of changes: named statements, ROUND is replaced by the number of the round (from 1), MANY by how many orders one percent is.
-- gen.chosen(key, round, what, n, of): n of so many rows, others in each round.

-- part: helpers
CREATE FUNCTION gen.chosen(key bigint, round int, what int, n int, of int) RETURNS bool LANGUAGE sql IMMUTABLE AS
    'SELECT gen.number(key, what * 100 + round + 500, 0, of - 1) < n';
-- Brings the orders that `which` names in line with their lines.
CREATE FUNCTION gen.settle(which bigint[]) RETURNS void LANGUAGE sql AS $$
    UPDATE orders SET o_totalprice = l.price, o_orderstatus = l.status
    FROM (SELECT l_orderkey, sum(l_extendedprice * (1 + l_tax) * (1 - l_discount)) AS price,
                 gen.status(count(*) FILTER (WHERE l_linestatus = 'F'), count(*)) AS status
          FROM lineitem WHERE l_orderkey = ANY (which) GROUP BY l_orderkey) l
    WHERE o_orderkey = l_orderkey
$$;

-- part: new_orders
INSERT INTO orders SELECT * FROM gen.orders(gen.orders() + (ROUND - 1) * MANY + 1, gen.orders() + ROUND * MANY);
INSERT INTO lineitem SELECT * FROM gen.lineitem(gen.orders() + (ROUND - 1) * MANY + 1, gen.orders() + ROUND * MANY)

-- part: old_orders
DELETE FROM lineitem WHERE gen.chosen(l_orderkey, ROUND, 1, 1, 100);
DELETE FROM orders WHERE gen.chosen(o_orderkey, ROUND, 1, 1, 100)

-- part: prices
UPDATE lineitem SET l_quantity = 1 + gen.number(l_orderkey, ROUND, 0, 49),
                    l_extendedprice = (1 + gen.number(l_orderkey, ROUND, 0, 49)) * gen.price(l_partkey),
                    l_discount = gen.number(l_orderkey * 8 + l_linenumber, ROUND, 0, 10) / 100.0
WHERE gen.chosen(l_orderkey * 8 + l_linenumber, ROUND, 2, 1, 100);
SELECT gen.settle(array_agg(DISTINCT l_orderkey)) FROM lineitem WHERE gen.chosen(l_orderkey * 8 + l_linenumber, ROUND, 2, 1, 100)

-- part: dates
UPDATE lineitem SET l_shipdate = l_shipdate + moved, l_receiptdate = l_receiptdate + 2 * moved,
                    l_linestatus = CASE WHEN l_shipdate + moved > date '1995-06-17' THEN 'O' ELSE 'F' END,
                    l_returnflag = CASE WHEN l_receiptdate + 2 * moved > date '1995-06-17' THEN 'N' ELSE 'R' END,
                    l_shipmode = gen.pick(o_orderkey, ROUND, '{AIR,SHIP,MAIL}')
FROM (SELECT o_orderkey, gen.number(o_orderkey, ROUND, -20, 40) AS moved FROM orders WHERE gen.chosen(o_orderkey, ROUND, 3, 1, 100)) o
WHERE l_orderkey = o_orderkey;
SELECT gen.settle(array_agg(o_orderkey)) FROM orders WHERE gen.chosen(o_orderkey, ROUND, 3, 1, 100);
UPDATE orders SET o_orderdate = o_orderdate - 10, o_orderpriority = '1-URGENT', o_comment = replace(o_comment, 'special', 'bold')
WHERE gen.chosen(o_orderkey, ROUND, 4, 1, 100)

-- part: customers
INSERT INTO customer SELECT * FROM gen.customer(gen.customers() + ROUND * 10, gen.customers() + ROUND * 10 + 5);
UPDATE customer SET c_acctbal = c_acctbal + 1000.50, c_mktsegment = 'BUILDING' WHERE gen.chosen(c_custkey, ROUND, 5, 1, 50);
UPDATE customer SET c_nationkey = 20, c_phone = gen.phone(c_custkey, ROUND, 20) WHERE gen.chosen(c_custkey, ROUND, 6, 1, 100);
UPDATE orders SET o_custkey = 3 * gen.number(o_orderkey, ROUND, 1, gen.customers() / 3 - 1) + 1 WHERE gen.chosen(o_orderkey, ROUND, 7, 1, 200);
DELETE FROM customer WHERE c_custkey % 3 = 0 AND gen.chosen(c_custkey, ROUND, 8, 1, 50) AND NOT EXISTS (SELECT FROM orders WHERE o_custkey = c_custkey)

-- part: suppliers
INSERT INTO supplier SELECT * FROM gen.supplier(gen.suppliers() + ROUND * 10, gen.suppliers() + ROUND * 10 + 3);
UPDATE supplier SET s_acctbal = s_acctbal * -1.5, s_address = 'moved ' || left(s_address, 20) WHERE gen.chosen(s_suppkey, ROUND, 9, 1, 20);
UPDATE supplier SET s_nationkey = 2 + p.nation - s_nationkey -- one of Brazil and one of another change places
FROM (SELECT (ARRAY[3, 7, 20, 6])[1 + ROUND % 4]) p(nation)
WHERE s_suppkey IN ((SELECT s_suppkey FROM supplier WHERE s_nationkey = 2 ORDER BY md5(s_suppkey || '.ROUND') LIMIT 1),
                    (SELECT s_suppkey FROM supplier WHERE s_nationkey = p.nation ORDER BY md5(s_suppkey || '.ROUND') LIMIT 1));
UPDATE supplier SET s_comment = CASE WHEN s_comment LIKE '%Complaints%' THEN 'no more' ELSE s_comment || ' Customer Complaints' END
WHERE length(s_comment) < 80 AND gen.chosen(s_suppkey, ROUND, 10, 1, 20);
DELETE FROM supplier WHERE s_suppkey > gen.suppliers() AND gen.chosen(s_suppkey, ROUND, 11, 1, 4)
   AND NOT EXISTS (SELECT FROM partsupp WHERE ps_suppkey = s_suppkey)

-- part: parts
UPDATE lineitem SET l_suppkey = gen.supplier_of(l_partkey, gen.number(l_orderkey, ROUND, 0, 3))
WHERE gen.chosen(l_orderkey * 8 + l_linenumber, ROUND, 17, 1, 300);
INSERT INTO part SELECT * FROM gen.part(gen.parts() + ROUND * 100, gen.parts() + ROUND * 100 + 20);
INSERT INTO partsupp SELECT * FROM gen.partsupp(gen.parts() + ROUND * 100, gen.parts() + ROUND * 100 + 15);
UPDATE part SET p_name = 'green ' || split_part(p_name, ' ', 2), p_type = replace(p_type, 'STANDARD', 'PROMO'), p_size = 1 + p_size % 50
WHERE gen.chosen(p_partkey, ROUND, 12, 1, 50);
UPDATE part SET p_name = 'forest ' || p_name WHERE length(p_name) < 40 AND gen.chosen(p_partkey, ROUND, 19, 1, 50);
UPDATE part SET p_brand = 'Brand#23', p_container = 'MED BOX' WHERE gen.chosen(p_partkey, ROUND, 13, 1, 300);
UPDATE partsupp SET ps_availqty = 1 + (ps_availqty * 7) % 9999, ps_supplycost = ps_supplycost * 0.9
WHERE gen.chosen(ps_partkey * 4 + ps_suppkey % 4, ROUND, 14, 1, 50);
UPDATE partsupp SET ps_availqty = CASE WHEN ps_availqty < 20 THEN 9999 ELSE 10 END
WHERE ps_partkey % 40 IN (0, 5) AND gen.chosen(ps_partkey, ROUND, 18, 1, 5);
DELETE FROM partsupp WHERE ps_partkey > gen.parts() AND gen.chosen(ps_partkey, ROUND, 15, 1, 2)
   AND NOT EXISTS (SELECT FROM lineitem WHERE l_partkey = ps_partkey AND l_suppkey = ps_suppkey);
DELETE FROM part WHERE p_partkey > gen.parts() AND gen.chosen(p_partkey, ROUND, 16, 1, 2) AND NOT EXISTS (SELECT FROM partsupp WHERE ps_partkey = p_partkey)

-- part: supply
UPDATE partsupp SET ps_availqty = 1 + (ps_availqty * 7) % 9999, ps_supplycost = ps_supplycost * 0.9
WHERE gen.chosen(ps_partkey * 4 + ps_suppkey % 4, ROUND, 20, 1, 100);
UPDATE part SET p_size = 1 + p_size % 50, p_type = replace(p_type, 'STANDARD', 'PROMO') WHERE gen.chosen(p_partkey, ROUND, 21, 1, 500);
UPDATE customer SET c_acctbal = c_acctbal + 100.25 WHERE gen.chosen(c_custkey, ROUND, 22, 1, 100)

-- part: nations
UPDATE nation SET n_name = CASE n_name WHEN 'FRANCE' THEN 'IRAQ' WHEN 'IRAQ' THEN 'FRANCE' ELSE n_name END WHERE n_name IN ('FRANCE', 'IRAQ');
UPDATE nation SET n_regionkey = (n_regionkey + 1) % 5 WHERE n_name IN ('PERU', 'JAPAN', 'ROMANIA');
UPDATE region SET r_comment = 'round ROUND' WHERE r_regionkey % 2 = 0
