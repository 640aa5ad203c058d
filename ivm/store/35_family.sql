-- The tables of which a source consists: partitions and children of inheritance.

-- The columns of a table, as their numbers.
CREATE FUNCTION pgtrickle_data.current_layout(relation oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(string_agg(attnum::text, ' ' ORDER BY attnum), '') FROM pg_attribute
    WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped
$$;

-- The tables whose rows are also rows of a table: partitions and children, to any depth.
CREATE FUNCTION pgtrickle_data.descendants(relation oid) RETURNS SETOF oid
LANGUAGE sql STABLE ROWS 3 SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH RECURSIVE down(m) AS (
        SELECT relation
        UNION
        SELECT i.inhrelid FROM down JOIN pg_inherits i ON i.inhparent = down.m AND NOT i.inhdetachpending
    )
    SELECT m FROM down WHERE m <> relation
$$;

-- What decides through which tables a table's rows can be changed: its descendants, and everything else that they or it inherit
-- from; of those that are not partitions, which may have columns of their own, with the columns they have.
CREATE FUNCTION pgtrickle_data.family(relation oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH down AS MATERIALIZED (SELECT relation AS m UNION SELECT d FROM pgtrickle_data.descendants(relation) d),
    kin AS (
        SELECT m FROM down UNION SELECT i.inhparent FROM down JOIN pg_inherits i ON i.inhrelid = down.m AND NOT i.inhdetachpending
    )
    SELECT coalesce(string_agg(concat_ws(':', c.oid, CASE WHEN NOT c.relispartition THEN pgtrickle_data.current_layout(c.oid) END),
                               ', ' ORDER BY c.oid), '')
    FROM kin JOIN pg_class c ON c.oid = kin.m WHERE kin.m <> relation
$$;

-- Children of inheritance, not partitions: they obey neither the keys of their parent nor, always, its NOT NULL.
CREATE FUNCTION pgtrickle_data.has_children(relation oid) RETURNS bool
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid) FROM pg_class c WHERE c.oid = relation
$$;
