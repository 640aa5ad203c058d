-- What PostgreSQL says of a query: everything the compiler knows comes from here. `definition` is the view
-- def_<id>; the question is asked for the view's owner, whose query it is.

-- True for a type with a default hash operator class, that is, one whose values can be grouped by hashing.
CREATE FUNCTION pgtrickle_data.hashable(type oid) RETURNS bool
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    t pg_type;
BEGIN
    SELECT * INTO t FROM pg_type WHERE oid = type;
    IF t.typtype = 'd' THEN
        RETURN pgtrickle_data.hashable(t.typbasetype);
    ELSIF t.typcategory = 'A' AND t.typelem <> 0 AND t.typlen = -1 THEN
        RETURN pgtrickle_data.hashable(t.typelem);
    ELSIF t.typtype = 'e' THEN
        RETURN true;
    ELSIF t.typtype = 'r' THEN
        RETURN (SELECT pgtrickle_data.hashable(rngsubtype) FROM pg_range WHERE rngtypid = type);
    ELSIF t.typtype = 'c' THEN
        RETURN (SELECT coalesce(bool_and(pgtrickle_data.hashable(a.atttypid)), false) FROM pg_attribute a
                WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped);
    END IF;
    RETURN EXISTS (SELECT FROM pg_opclass o JOIN pg_am am ON am.oid = o.opcmethod
                   WHERE am.amname = 'hash' AND o.opcdefault
                     AND (o.opcintype = type
                          OR EXISTS (SELECT FROM pg_cast c WHERE c.castsource = type AND c.casttarget = o.opcintype
                                     AND c.castmethod = 'b' AND c.castcontext = 'i')));
END $$;

-- True when equal values of the type have one image.
CREATE FUNCTION pgtrickle_data.faithful(type oid, collation_ oid) RETURNS bool
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    t pg_type;
BEGIN
    SELECT * INTO t FROM pg_type WHERE oid = type;
    IF t.typtype = 'd' THEN
        RETURN pgtrickle_data.faithful(t.typbasetype, collation_);
    ELSIF t.typcategory = 'A' AND t.typelem <> 0 AND t.typlen = -1 THEN
        RETURN pgtrickle_data.faithful(t.typelem, collation_);
    ELSIF t.typtype = 'e' THEN
        RETURN true;
    END IF;
    RETURN type IN ('bool'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'oid'::regtype, 'uuid'::regtype,
                    'text'::regtype, 'varchar'::regtype, '"char"'::regtype, 'name'::regtype, 'bytea'::regtype,
                    'date'::regtype, 'time'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype, 'money'::regtype,
                    'macaddr'::regtype, 'macaddr8'::regtype, 'bit'::regtype, 'varbit'::regtype, 'pg_lsn'::regtype,
                    'xid8'::regtype, 'xid'::regtype)
       AND coalesce((SELECT c.collisdeterministic FROM pg_collation c WHERE c.oid = collation_), true);
END $$;

-- Whether policies hide rows of a table from a role.
CREATE FUNCTION pgtrickle_data.row_security_applies(relation oid, role oid) RETURNS bool
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT c.relrowsecurity AND NOT r.rolsuper AND NOT r.rolbypassrls
           AND (c.relforcerowsecurity OR NOT pg_has_role(role, c.relowner, 'USAGE'))
    FROM pg_class c, pg_roles r WHERE c.oid = relation AND r.oid = role
$$;

-- Whether a role may name what is in a relation's schema and has a right on it, or owns it.
CREATE FUNCTION pgtrickle_data.may(role oid, relation oid, privilege text) RETURNS bool
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT has_schema_privilege(role, c.relnamespace, 'USAGE')
           AND CASE privilege WHEN 'OWN' THEN pg_has_role(role, c.relowner, 'USAGE') ELSE has_table_privilege(role, c.oid, privilege) END
    FROM pg_class c WHERE c.oid = relation
$$;

-- Relations that a view's text mentions. Dependencies on system catalogs are not recorded, so the stored text is read; the view itself
-- is in it too.
CREATE FUNCTION pgtrickle_data.mentioned(view oid) RETURNS SETOF oid
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT DISTINCT m[1]::oid
    FROM pg_rewrite r, regexp_matches(r.ev_action::text, ':rtekind 0 :relid (\d+)', 'g') m
    WHERE r.ev_class = view AND m[1]::oid <> view
$$;

-- Why the changes of a relation cannot be captured for a reader; NULL when they can.
CREATE FUNCTION pgtrickle_data.no_capture(relation oid, reader oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT CASE
        WHEN c.relkind = 'v' THEN CASE WHEN f.id IS NULL THEN 'it is a view' END
        WHEN c.relkind = 'm' THEN 'it is a materialized view'
        WHEN c.relkind = 'f' THEN 'it is a foreign table'
        WHEN c.relkind = 'p' THEN 'it is partitioned'
        WHEN c.relkind <> 'r' THEN 'it is not a table'
        WHEN n.nspname IN ('pg_catalog', 'information_schema', 'pg_toast', 'pgtrickle') THEN 'it is a system catalog'
        WHEN n.nspname = 'pgtrickle_data' AND s.id IS NULL THEN 'it belongs to weir'
        WHEN c.relpersistence = 'u' THEN 'it is unlogged, and a crash empties it'
        WHEN c.relispartition THEN 'it is a partition'
        WHEN EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid OR i.inhrelid = c.oid) THEN 'it takes part in inheritance'
        WHEN s.id IS NULL AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
                                      AND NOT a.attisdropped AND a.attname ~ '^weir_')
            THEN 'it has a column whose name begins with weir_'
        WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND t.typtype = 'd' AND t.typnotnull)
            THEN 'it has a column of a domain that is NOT NULL'
        WHEN EXISTS (SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                       AND NOT has_schema_privilege(w.nspowner, t.typnamespace, 'USAGE'))
            THEN 'it has a column of a type in a schema that weir may not use'
        WHEN NOT pgtrickle_data.may(w.nspowner, c.oid, 'TRIGGER') AND NOT has_table_privilege(reader, c.oid, 'TRIGGER')
            THEN 'neither weir nor the owner of the stream table may create a trigger on it'
    END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pgtrickle_data.stream_tables f ON f.facade = c.oid
    LEFT JOIN pgtrickle_data.stream_tables s ON s.storage = c.oid
    CROSS JOIN (SELECT nspowner FROM pg_namespace WHERE nspname = 'pgtrickle_data') w
    WHERE c.oid = relation
$$;

-- The key of a table (attnums): its primary key, or the unique index of a storage, whose columns are never NULL.
CREATE FUNCTION pgtrickle_data.key_of(relation oid) RETURNS int[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT coalesce((
        SELECT ARRAY(SELECT k::int FROM unnest(i.indkey::int2[]) WITH ORDINALITY u(k, n) WHERE n <= i.indnkeyatts ORDER BY n)
        FROM pg_index i
        WHERE i.indrelid = relation AND i.indisunique AND i.indisvalid AND i.indimmediate
          AND i.indpred IS NULL AND i.indexprs IS NULL
          AND (i.indisprimary OR EXISTS (SELECT FROM pgtrickle_data.stream_tables t WHERE t.storage = relation))
        ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1), '{}')
$$;

-- Every relation a query reads, the storages behind facades included. `weir_triggers` and `owner_triggers`: who may create triggers;
-- `weir_owns` and `owner_owns`: who may have them fire always; `definition`: text of a facade, to be inlined.
CREATE FUNCTION pgtrickle_data.describe_relations(definition oid)
RETURNS TABLE (relation oid, schema text, name text, relkind text, text_ text, no_capture text, source_id bigint,
               storage_of bigint, key_ text, weir_triggers bool, weir_owns bool, owner_triggers bool, owner_owns bool)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH v AS (SELECT c.relowner AS reader, w.nspowner AS weir FROM pg_class c, pg_namespace w
               WHERE c.oid = describe_relations.definition AND w.nspname = 'pgtrickle_data'),
    found AS (
        SELECT m AS relation FROM pgtrickle_data.mentioned(definition) m
        UNION
        SELECT t.storage FROM pgtrickle_data.mentioned(definition) m JOIN pgtrickle_data.stream_tables t ON t.facade = m
    )
    SELECT c.oid, n.nspname, c.relname, c.relkind::text, CASE WHEN f.id IS NOT NULL THEN pg_get_viewdef(c.oid) END,
           pgtrickle_data.no_capture(c.oid, v.reader), coalesce(s.source_id, 0), coalesce(st.id, 0),
           array_to_string(pgtrickle_data.key_of(c.oid), ' '),
           pgtrickle_data.may(v.weir, c.oid, 'TRIGGER'), pgtrickle_data.may(v.weir, c.oid, 'OWN'),
           has_table_privilege(v.reader, c.oid, 'TRIGGER'), pg_has_role(v.reader, c.relowner, 'USAGE')
    FROM v, found JOIN pg_class c ON c.oid = found.relation JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pgtrickle_data.stream_tables f ON f.facade = c.oid
    LEFT JOIN pgtrickle_data.stream_tables st ON st.storage = c.oid
    LEFT JOIN pgtrickle_data.sources s ON s.relid = c.oid
    ORDER BY c.oid
$$;

-- The columns of a relation.
CREATE FUNCTION pgtrickle_data.describe_columns(relation oid)
RETURNS TABLE (attnum int, name text, type text, type_oid oid, typmod int, not_null bool, hashable bool, faithful bool)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.atttypid, a.atttypmod,
           a.attnotnull OR a.attnum = ANY (pgtrickle_data.key_of(relation)),
           pgtrickle_data.hashable(a.atttypid), pgtrickle_data.faithful(a.atttypid, a.attcollation)
    FROM pg_attribute a
    WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
$$;

CREATE FUNCTION pgtrickle_data.describe_all_columns(definition oid)
RETURNS TABLE (relation oid, attnum int, name text, type text, type_oid oid, typmod int, not_null bool, hashable bool, faithful bool)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT r.relation, c.* FROM pgtrickle_data.describe_relations(definition) r, pgtrickle_data.describe_columns(r.relation) c
    ORDER BY r.relation, c.attnum
$$;

-- Functions, operators and conversions in a view's text that do not always give the same result for the same arguments,
-- as words, the worst first.
CREATE FUNCTION pgtrickle_data.mutable_parts(view oid) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    -- The stored tree. Text from the user cannot look like a field of it: a blank in a name is stored as '\ '.
    WITH tree AS (SELECT r.ev_action::text AS t FROM pg_rewrite r WHERE r.ev_class = view),
    used(fn, word) AS (
        SELECT p.oid, format('function %s()', p.proname)
        FROM tree, regexp_matches(t, ':(?:funcid|aggfnoid|winfnoid) (\d+)', 'g') m JOIN pg_proc p ON p.oid = m[1]::oid
        UNION
        SELECT o.oprcode::oid, format('operator %s (%s, %s)', o.oprname, o.oprleft::regtype, o.oprright::regtype)
        FROM tree, regexp_matches(t, ':opno (\d+)', 'g') m JOIN pg_operator o ON o.oid = m[1]::oid
        UNION
        -- A conversion by way of text calls the input function of its result...
        SELECT y.typinput::oid, format('conversion to %s', y.oid::regtype)
        FROM tree, regexp_matches(t, '\{COERCEVIAIO.*?:resulttype (\d+) :resultcollid', 'g') m JOIN pg_type y ON y.oid = m[1]::oid
        UNION
        -- ...and the output function of its argument, whose type is the first one inside.
        SELECT y.typoutput::oid, format('conversion from %s', y.oid::regtype)
        FROM tree, regexp_matches(t, '\{COERCEVIAIO :arg \{.*?:(?:vartype|consttype|funcresulttype|opresulttype|resulttype|aggtype|wintype|casetype|coalescetype|minmaxtype|array_typeid|refrestype|row_typeid|paramtype|typeId|type) (\d+) ', 'g') m
        JOIN pg_type y ON y.oid = m[1]::oid
    ),
    kinds(rank, word) AS (
        SELECT CASE p.provolatile WHEN 'v' THEN 0 ELSE 1 END,
               used.word || ' is ' || CASE p.provolatile WHEN 'v' THEN 'VOLATILE' ELSE 'STABLE' END
        FROM used JOIN pg_proc p ON p.oid = used.fn WHERE p.provolatile <> 'i'
        UNION SELECT 1, 'CURRENT_DATE and its like are STABLE' FROM tree WHERE t ~ '\{SQLVALUEFUNCTION '
        UNION SELECT 1, 'XML functions are STABLE' FROM tree WHERE t ~ '\{XML(EXPR|SERIALIZE) '
        UNION SELECT 0, 'nextval is VOLATILE' FROM tree WHERE t ~ '\{NEXTVALUEEXPR '
    )
    SELECT word FROM kinds ORDER BY rank, word
$$;

-- True when reading the query may run code that somebody but PostgreSQL's authors wrote: functions, operators and types
-- in its text, and those in the indexes, constraints, statistics and generated columns of the tables it reads, which the planner may evaluate.
CREATE FUNCTION pgtrickle_data.user_code(view oid) RETURNS bool
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH RECURSIVE reads(relation) AS (
        SELECT view
        UNION
        SELECT m FROM reads, pgtrickle_data.mentioned(reads.relation) m
    ),
    objects(class, object) AS (
        SELECT 'pg_rewrite'::regclass, r.oid FROM reads JOIN pg_rewrite r ON r.ev_class = reads.relation
        UNION ALL SELECT 'pg_class'::regclass, i.indexrelid FROM reads JOIN pg_index i ON i.indrelid = reads.relation
        UNION ALL SELECT 'pg_constraint'::regclass, c.oid FROM reads JOIN pg_constraint c ON c.conrelid = reads.relation
        UNION ALL SELECT 'pg_attrdef'::regclass, a.oid FROM reads JOIN pg_attrdef a ON a.adrelid = reads.relation
        UNION ALL SELECT 'pg_statistic_ext'::regclass, x.oid FROM reads JOIN pg_statistic_ext x ON x.stxrelid = reads.relation
    )
    SELECT EXISTS (
        SELECT FROM objects o JOIN pg_depend d ON d.classid = o.class AND d.objid = o.object
        WHERE d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_cast'::regclass, 'pg_opclass'::regclass)
          AND d.refobjid >= 16384
          -- A row type of a table or view is no code.
          AND NOT EXISTS (SELECT FROM pg_type t WHERE d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid AND t.typtype IN ('c', 'e'))
    )
$$;

-- An aggregate in a view's text that somebody but PostgreSQL's authors made, whatever its name: no rule knows how to undo a row.
CREATE FUNCTION pgtrickle_data.user_aggregate(view oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT format('aggregate %s is not built in', min(m[1]::oid)::regprocedure)
    FROM pg_rewrite r, regexp_matches(r.ev_action::text, ':aggfnoid (\d+)', 'g') m
    WHERE r.ev_class = view AND m[1]::oid >= 16384
    HAVING count(*) > 0
$$;

-- One row on a query as a whole. `refused`: why it cannot be kept by differences whatever its form; `executor`: must be
-- run with its owner's rights inside exec_<id>, as weir's role may not read the sources or must not run the code.
CREATE FUNCTION pgtrickle_data.describe_query(definition oid)
RETURNS TABLE (canonical text, refused text, executor bool, owner oid, owner_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT pg_get_viewdef(definition),
           coalesce(
               (SELECT m FROM pgtrickle_data.mutable_parts(definition) m LIMIT 1),
               pgtrickle_data.user_aggregate(definition),
               (SELECT coalesce((SELECT min(format('function %s() in the select list returns a set', p.proname))
                                 FROM regexp_matches(r.ev_action::text, '(?<!:funcexpr )\{FUNCEXPR :funcid (\d+) :funcresulttype \d+ :funcretset true', 'g') m
                                 JOIN pg_proc p ON p.oid = m[1]::oid),
                                'set-returning function in the select list')
                FROM pg_rewrite r WHERE r.ev_class = definition AND r.ev_action::text ~ ':hasTargetSRFs true'),
               (SELECT format('relation "%s": %s', r.name, r.no_capture) FROM pgtrickle_data.describe_relations(definition) r
                WHERE r.no_capture IS NOT NULL LIMIT 1),
               (SELECT format('row security of table "%s"', r.name) FROM pgtrickle_data.describe_relations(definition) r
                WHERE pgtrickle_data.row_security_applies(r.relation, c.relowner) LIMIT 1)),
           pgtrickle_data.user_code(definition)
               OR EXISTS (SELECT FROM pgtrickle_data.mutable_parts(definition))
               OR EXISTS (SELECT FROM pgtrickle_data.describe_relations(definition) r
                          WHERE r.relkind <> 'v' AND (NOT pgtrickle_data.may(w.nspowner, r.relation, 'SELECT')
                                                      OR r.no_capture IS NOT NULL
                                                      OR pgtrickle_data.row_security_applies(r.relation, c.relowner)
                                                      OR pgtrickle_data.row_security_applies(r.relation, w.nspowner)))
               OR EXISTS (SELECT FROM pgtrickle_data.describe_relations(definition) r
                          WHERE r.relkind = 'v' AND r.no_capture IS NOT NULL),
           c.relowner, pg_get_userbyid(c.relowner)::text
    FROM pg_class c, pg_namespace w WHERE c.oid = describe_query.definition AND w.nspname = 'pgtrickle_data'
$$;

-- Of a query that is refreshed in full: the tables below it, through views and facades, and whether each can be watched.
-- `attnums`: the few columns to capture, as only the fact of a change matters.
CREATE FUNCTION pgtrickle_data.base_sources(definition oid)
RETURNS TABLE (relation oid, schema text, name text, storage_of bigint, watched bool, attnums text,
               weir_triggers bool, weir_owns bool, owner_triggers bool, owner_owns bool)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH RECURSIVE reads(relation) AS (
        SELECT m FROM pgtrickle_data.mentioned(definition) m
        UNION
        SELECT coalesce(t.storage, m.m)
        FROM reads r
        LEFT JOIN pgtrickle_data.stream_tables t ON t.facade = r.relation
        LEFT JOIN LATERAL pgtrickle_data.mentioned(r.relation) m ON t.id IS NULL
        WHERE t.id IS NOT NULL OR m.m IS NOT NULL
    )
    SELECT c.oid, n.nspname, c.relname, coalesce(t.id, 0),
           pgtrickle_data.no_capture(c.oid, v.relowner) IS NULL,
           CASE WHEN pgtrickle_data.key_of(c.oid) <> '{}' THEN array_to_string(pgtrickle_data.key_of(c.oid), ' ')
                ELSE (SELECT min(a.attnum)::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) END,
           pgtrickle_data.may(w.nspowner, c.oid, 'TRIGGER'), pgtrickle_data.may(w.nspowner, c.oid, 'OWN'),
           has_table_privilege(v.relowner, c.oid, 'TRIGGER'), pg_has_role(v.relowner, c.relowner, 'USAGE')
    FROM reads r JOIN pg_class c ON c.oid = r.relation JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pgtrickle_data.stream_tables t ON t.storage = r.relation
    CROSS JOIN pg_class v CROSS JOIN pg_namespace w
    WHERE v.oid = base_sources.definition AND w.nspname = 'pgtrickle_data' AND c.relkind NOT IN ('v', 'S', 'i')
    ORDER BY c.oid
$$;
