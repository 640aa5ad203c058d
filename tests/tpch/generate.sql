-- Rows of TPC-H. Every value is a hash of its row's key, so the same SCALE and SEED give the same database anywhere, and
-- rows can be made again, one by one, later. gen.NAME(first, last) are the rows number first to last of a table.
--
-- SCALE, SEED: replaced by numbers.

CREATE SCHEMA gen;
SET check_function_bodies = off; -- they name each other

-- How many suppliers, parts, customers and orders there are at this scale.
CREATE FUNCTION gen.suppliers() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT greatest((10000 * SCALE)::int, 50)';
CREATE FUNCTION gen.parts() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT (200000 * SCALE)::int';
CREATE FUNCTION gen.customers() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT (150000 * SCALE)::int';
CREATE FUNCTION gen.orders() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT (1500000 * SCALE)::int';

-- A number from lo to hi that depends on a key and on what it is for.
CREATE FUNCTION gen.number(key bigint, what int, lo int, hi int) RETURNS int LANGUAGE sql IMMUTABLE AS
    'SELECT lo + ((hashint8extended(key, SEED * 100000 + what) & 1152921504606846975) % (hi - lo + 1))::int';

CREATE FUNCTION gen.pick(key bigint, what int, list text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
    'SELECT list[gen.number(key, what, 1, cardinality(list))]';

CREATE FUNCTION gen.words(key bigint, what int, n int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(gen.pick(key, what * 16 + i, '{special,pending,regular,express,final,ironic,unusual,bold,silent,even,
        packages,requests,accounts,deposits,instructions,theodolites,pinto beans,foxes,ideas,platelets,dependencies,
        sleep,wake,haggle,nag,cajole,boost,detect,integrate,furiously,quickly,carefully,blithely,slyly,
        above the,among the,according to}'), ' ' ORDER BY i)
    FROM generate_series(1, n) i
$$;

CREATE FUNCTION gen.address(key bigint, what int) RETURNS text LANGUAGE sql IMMUTABLE AS
    'SELECT left(translate(md5(key || ''/'' || what), ''0123456789'', '' ,xyzXYZkw''), gen.number(key, what, 10, 32))';

CREATE FUNCTION gen.phone(key bigint, what int, nation int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format('%s-%s-%s-%s', nation + 10, gen.number(key, what, 100, 999), gen.number(key, what + 1, 100, 999),
                  gen.number(key, what + 2, 1000, 9999))
$$;

CREATE FUNCTION gen.money(key bigint, what int, lo int, hi int) RETURNS numeric LANGUAGE sql IMMUTABLE AS
    'SELECT (gen.number(key, what, lo, hi) / 100.0)::numeric(15,2)';

-- Nations in turn, so that a small scale has suppliers in every nation.
CREATE FUNCTION gen.supplier(first int, last int) RETURNS SETOF supplier LANGUAGE sql STABLE AS $$
    SELECT k, format('Supplier#%s', lpad(k::text, 9, '0')), gen.address(k, 1), nation, gen.phone(k, 2, nation),
           gen.money(k, 5, -99999, 999999),
           left(CASE k % 20 WHEN 3 THEN gen.words(k, 6, 2) || ' Customer ' || gen.words(k, 7, 1) || ' Complaints'
                            WHEN 13 THEN gen.words(k, 6, 2) || ' Customer ' || gen.words(k, 7, 1) || ' Recommends'
                            ELSE gen.words(k, 6, 8) END, 101)
    FROM generate_series(first, last) k CROSS JOIN LATERAL (SELECT (k * 7 + k / 25) % 25) n(nation)
$$;

-- One part in forty each is of the kinds that queries 2, 8, 17, 19 and 20 look for, one has much of everything for query 11; the others are as the specification says.
CREATE FUNCTION gen.part(first int, last int) RETURNS SETOF part LANGUAGE sql STABLE AS $$
    WITH plain AS (
        SELECT k, k % 40 AS kind, gen.number(k, 20, 1, 5) AS mfgr, gen.number(k, 21, 1, 5) AS brand,
               concat_ws(' ', gen.pick(k, 22, '{STANDARD,SMALL,MEDIUM,LARGE,ECONOMY,PROMO}'),
                         gen.pick(k, 23, '{ANODIZED,BURNISHED,PLATED,POLISHED,BRUSHED}'),
                         gen.pick(k, 24, '{TIN,NICKEL,BRASS,STEEL,COPPER}')) AS type,
               gen.number(k, 25, 1, 50) AS size,
               gen.pick(k, 26, '{SM,LG,MED,JUMBO,WRAP}') AS box, gen.pick(k, 27, '{CASE,BOX,BAG,JAR,PKG,PACK,CAN,DRUM}') AS pack
        FROM generate_series(first, last) k
    ),
    colours AS (
        SELECT k, string_agg(gen.pick(k, 30 + i, '{almond,antique,aquamarine,azure,beige,bisque,black,blanched,blue,blush,brown,burlywood,
            burnished,chartreuse,chiffon,chocolate,coral,cornflower,cornsilk,cream,cyan,dark,deep,dim,dodger,drab,firebrick,floral,forest,
            frosted,gainsboro,ghost,goldenrod,green,grey,honeydew,hot,indian,ivory,khaki,lace,lavender,lawn,lemon,light,lime,linen,magenta,
            maroon,medium,metallic,midnight,mint,misty,moccasin,navajo,navy,olive,orange,orchid,pale,papaya,peach,peru,pink,plum,powder,puff,
            purple,red,rose,rosy,royal,saddle,salmon,sandy,seashell,sienna,sky,slate,smoke,snow,spring,steel,tan,thistle,tomato,turquoise,
            violet,wheat,white,yellow}'), ' ' ORDER BY i) AS name
        FROM plain CROSS JOIN generate_series(1, 5) i GROUP BY k
    ),
    shaped AS (
        SELECT k, kind, name, type, size, mfgr, brand, box, pack FROM plain JOIN colours USING (k)
        WHERE kind NOT IN (1, 2, 3, 4, 6)
        UNION ALL SELECT k, kind, name, type, 1 + size % 5, 1, 2, 'SM', pack FROM plain JOIN colours USING (k) WHERE kind = 1
        UNION ALL SELECT k, kind, name, type, 1 + size % 10, 2, 3, 'MED', CASE WHEN k % 80 = 2 THEN pack ELSE 'BOX' END
        FROM plain JOIN colours USING (k) WHERE kind = 2
        UNION ALL SELECT k, kind, name, type, 1 + size % 15, 3, 4, 'LG', pack FROM plain JOIN colours USING (k) WHERE kind = 3
        UNION ALL SELECT k, kind, name, regexp_replace(type, '\w+$', 'BRASS'), 15, mfgr, brand, box, pack
        FROM plain JOIN colours USING (k) WHERE kind = 4
        UNION ALL SELECT k, kind, name, 'ECONOMY ANODIZED STEEL', size, mfgr, brand, box, pack
        FROM plain JOIN colours USING (k) WHERE kind = 6
    )
    SELECT k, CASE WHEN kind = 5 THEN 'forest ' || split_part(name, ' ', 2) ELSE name END, format('Manufacturer#%s', mfgr),
           format('Brand#%s%s', mfgr, brand), type, size, box || ' ' || pack, gen.price(k), left(gen.words(k, 9, 2), 23)
    FROM shaped
$$;

CREATE FUNCTION gen.price(part int) RETURNS numeric LANGUAGE sql IMMUTABLE AS
    'SELECT ((90000 + (part / 10) % 20001 + 100 * (part % 1000)) / 100.0)::numeric(15,2)';

-- The number i (0 to 3) of a part's four suppliers: a quarter to a third of them lies between two.
CREATE FUNCTION gen.supplier_of(part int, i int) RETURNS int LANGUAGE sql IMMUTABLE AS
    'SELECT (part + i * (gen.suppliers() / 4 + (part - 1) / gen.suppliers() % (gen.suppliers() / 12))) % gen.suppliers() + 1';

CREATE FUNCTION gen.partsupp(first int, last int) RETURNS SETOF partsupp LANGUAGE sql STABLE AS $$
    SELECT k, gen.supplier_of(k, i), gen.number(k * 4 + i, 40, lo, 9999),
           gen.money(k * 4 + i, 41, 10 * lo, 100000),
           gen.words(k * 4 + i, 42, 6)
    FROM generate_series(first, last) k CROSS JOIN generate_series(0, 3) i
    CROSS JOIN LATERAL (SELECT CASE k % 40 WHEN 0 THEN 9000 ELSE 10 END) l(lo)
$$;

CREATE FUNCTION gen.customer(first int, last int) RETURNS SETOF customer LANGUAGE sql STABLE AS $$
    SELECT k, format('Customer#%s', lpad(k::text, 9, '0')), gen.address(k, 50), nation, gen.phone(k, 51, nation),
           gen.money(k, 54, -99999, 999999), gen.pick(k, 55, '{AUTOMOBILE,BUILDING,FURNITURE,MACHINERY,HOUSEHOLD}'),
           gen.words(k, 56, 6)
    FROM generate_series(first, last) k CROSS JOIN LATERAL (SELECT gen.number(k, 57, 0, 24)) n(nation)
$$;

-- Of every 32 order keys eight are in use.
CREATE FUNCTION gen.order_key(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT n / 8 * 32 + n % 8';

CREATE FUNCTION gen.order_date(n bigint) RETURNS date LANGUAGE sql IMMUTABLE AS
    $$ SELECT date '1992-01-01' + gen.number(n, 60, 0, date '1998-08-02' - date '1992-01-01') $$;

-- One order in 200 is large, for query 18.
CREATE FUNCTION gen.lines_of(n bigint) RETURNS int LANGUAGE sql IMMUTABLE AS
    'SELECT CASE WHEN n % 200 = 7 THEN 7 ELSE gen.number(n, 61, 1, 7) END';

CREATE FUNCTION gen.lineitem(first bigint, last bigint) RETURNS SETOF lineitem LANGUAGE sql STABLE AS $$
    SELECT gen.order_key(n), part, gen.supplier_of(part, gen.number(id, 71, 0, 3)), i, quantity, quantity * gen.price(part),
           gen.number(id, 72, 0, 10) / 100.0, gen.number(id, 73, 0, 8) / 100.0,
           CASE WHEN received > date '1995-06-17' THEN 'N' ELSE gen.pick(id, 74, '{R,A}') END,
           CASE WHEN shipped > date '1995-06-17' THEN 'O' ELSE 'F' END,
           shipped, gen.order_date(n) + gen.number(id, 75, 30, 90), received,
           gen.pick(id, 76, '{DELIVER IN PERSON,COLLECT COD,NONE,TAKE BACK RETURN}'),
           gen.pick(id, 77, '{REG AIR,AIR,RAIL,SHIP,TRUCK,MAIL,FOB}'), left(gen.words(id, 78, 3), 44)
    FROM generate_series(first, last) n CROSS JOIN generate_series(1, 7) i
    CROSS JOIN LATERAL (SELECT n * 8 + i) a(id)
    CROSS JOIN LATERAL (SELECT gen.number(id, 70, 1, gen.parts()),
                               (CASE WHEN n % 200 = 7 THEN gen.number(id, 79, 43, 50) ELSE gen.number(id, 79, 1, 50) END)::numeric,
                               gen.order_date(n) + gen.number(id, 80, 1, 121)) b(part, quantity, shipped)
    CROSS JOIN LATERAL (SELECT shipped + gen.number(id, 81, 1, 30)) c(received)
    WHERE i <= gen.lines_of(n)
$$;

-- What an order says about its lines: F when all are shipped, O when none is, P between.
CREATE FUNCTION gen.status(shipped bigint, lines bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE shipped WHEN lines THEN 'F' WHEN 0 THEN 'O' ELSE 'P' END $$;

-- Every third customer orders nothing.
CREATE FUNCTION gen.orders(first bigint, last bigint) RETURNS SETOF orders LANGUAGE sql STABLE AS $$
    SELECT gen.order_key(n), 3 * gen.number(n, 90, 0, gen.customers() / 3 - 1) + gen.number(n, 91, 1, 2), l.status, l.price, gen.order_date(n),
           gen.pick(n, 92, '{1-URGENT,2-HIGH,3-MEDIUM,4-NOT SPECIFIED,5-LOW}'),
           format('Clerk#%s', lpad(gen.number(n, 93, 1, greatest((1000 * SCALE)::int, 1))::text, 9, '0')), 0,
           left(CASE WHEN n % 80 = 11 THEN gen.words(n, 94, 1) || ' special ' || gen.words(n, 95, 2) || ' requests'
                     ELSE gen.words(n, 94, 5) END, 79)
    FROM generate_series(first, last) n
    JOIN (SELECT l_orderkey, gen.status(count(*) FILTER (WHERE l_linestatus = 'F'), count(*)) AS status,
                 sum(l_extendedprice * (1 + l_tax) * (1 - l_discount)) AS price
          FROM gen.lineitem(first, last) GROUP BY l_orderkey) l ON l.l_orderkey = gen.order_key(n)
$$;

INSERT INTO region VALUES (0, 'AFRICA', 'slyly even'), (1, 'AMERICA', 'quickly final'), (2, 'ASIA', 'bold ideas'),
    (3, 'EUROPE', 'pending packages'), (4, 'MIDDLE EAST', NULL);
INSERT INTO nation VALUES (0, 'ALGERIA', 0), (1, 'ARGENTINA', 1), (2, 'BRAZIL', 1), (3, 'CANADA', 1), (4, 'EGYPT', 4), (5, 'ETHIOPIA', 0),
    (6, 'FRANCE', 3), (7, 'GERMANY', 3), (8, 'INDIA', 2), (9, 'INDONESIA', 2), (10, 'IRAN', 4), (11, 'IRAQ', 4), (12, 'JAPAN', 2),
    (13, 'JORDAN', 4), (14, 'KENYA', 0), (15, 'MOROCCO', 0), (16, 'MOZAMBIQUE', 0), (17, 'PERU', 1), (18, 'CHINA', 2), (19, 'ROMANIA', 3),
    (20, 'SAUDI ARABIA', 4), (21, 'VIETNAM', 2), (22, 'RUSSIA', 3), (23, 'UNITED KINGDOM', 3), (24, 'UNITED STATES', 1);
INSERT INTO supplier SELECT * FROM gen.supplier(1, gen.suppliers());
INSERT INTO part SELECT * FROM gen.part(1, gen.parts());
INSERT INTO partsupp SELECT * FROM gen.partsupp(1, gen.parts());
INSERT INTO customer SELECT * FROM gen.customer(1, gen.customers());
INSERT INTO orders SELECT * FROM gen.orders(1, gen.orders());
INSERT INTO lineitem SELECT * FROM gen.lineitem(1, gen.orders());
ANALYZE;
