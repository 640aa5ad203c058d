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
    ELSIF t.typtype IN ('r', 'm') THEN
        RETURN (SELECT pgtrickle_data.hashable(rngsubtype) FROM pg_range WHERE type IN (rngtypid, rngmultitypid));
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
-- is in it too. Of anything but a view, nothing.
CREATE FUNCTION pgtrickle_data.mentioned(view oid) RETURNS SETOF oid
LANGUAGE sql STABLE ROWS 3 SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT DISTINCT m[1]::oid
    FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid AND r.ev_type = '1',
         regexp_matches(r.ev_action::text, ':rtekind 0 :relid (\d+)', 'g') m
    WHERE c.oid = view AND c.relkind = 'v' AND m[1]::oid <> view
$$;

-- A view and every relation below it, through whatever views there are: the storages behind facades are below them.
CREATE FUNCTION pgtrickle_data.below(view oid) RETURNS SETOF oid
LANGUAGE sql STABLE ROWS 3 SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH RECURSIVE reads(relation) AS (
        SELECT view
        UNION
        SELECT m FROM reads, pgtrickle_data.mentioned(reads.relation) m
    )
    SELECT relation FROM reads
$$;

-- The stored trees of a view and the views below it.
CREATE FUNCTION pgtrickle_data.trees(definition oid) RETURNS TABLE (view oid, tree text)
LANGUAGE plpgsql STABLE ROWS 2 SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
    FOR view IN SELECT b FROM pgtrickle_data.below(definition) b LOOP
        SELECT r.ev_action::text INTO tree FROM pg_rewrite r WHERE r.ev_class = view AND r.ev_type = '1';
        CONTINUE WHEN NOT FOUND;
        RETURN NEXT;
    END LOOP;
END $$;

-- The views below a view that are not facades: somebody may replace them.
CREATE FUNCTION pgtrickle_data.views_below(view oid) RETURNS oid[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT coalesce(array_agg(c.oid ORDER BY c.oid), '{}')
    FROM pgtrickle_data.below(view) b JOIN pg_class c ON c.oid = b
    WHERE c.relkind = 'v' AND c.oid <> view AND NOT EXISTS (SELECT FROM pgtrickle_data.stream_tables t WHERE t.facade = c.oid)
$$;

-- What some views mean: their stored text, in which renaming changes nothing, whose rights they read with, and their options.
CREATE FUNCTION pgtrickle_data.views_mark(views oid[]) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT md5(string_agg(concat_ws(' ', c.oid, c.relowner, array_to_string(c.reloptions, ' '), r.ev_action), '' ORDER BY c.oid))
    FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid AND r.ev_type = '1' WHERE c.oid = ANY (views)
$$;

-- Why a view may not be taken apart for a reader: with the tables in its place, the reader's own rights must do. It reads them
-- through the view only, or cannot name what the view uses, or the view's owner sees other rows than the reader. NULL: it may.
CREATE FUNCTION pgtrickle_data.closed_views(definition oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH d AS (SELECT relowner AS reader FROM pg_class WHERE oid = definition),
    views AS MATERIALIZED (SELECT v FROM unnest(pgtrickle_data.views_below(definition)) v),
    read AS (SELECT DISTINCT m.m AS relation FROM views, pgtrickle_data.mentioned(views.v) m WHERE m.m NOT IN (SELECT v FROM views)),
    used AS (
        SELECT DISTINCT dep.refclassid AS class, dep.refobjid AS object
        FROM views JOIN pg_rewrite r ON r.ev_class = views.v JOIN pg_depend dep ON dep.classid = 'pg_rewrite'::regclass AND dep.objid = r.oid
    ),
    named(word, schema, allowed) AS (
        SELECT format('function %s()', p.proname), p.pronamespace, has_function_privilege(d.reader, p.oid, 'EXECUTE')
        FROM d, used JOIN pg_proc p ON used.class = 'pg_proc'::regclass AND p.oid = used.object
        UNION ALL SELECT format('operator %s', o.oprname), o.oprnamespace, true
        FROM used JOIN pg_operator o ON used.class = 'pg_operator'::regclass AND o.oid = used.object
        UNION ALL SELECT format('type %s', t.typname), t.typnamespace, true
        FROM used JOIN pg_type t ON used.class = 'pg_type'::regclass AND t.oid = used.object
        UNION ALL SELECT format('collation %s', c.collname), c.collnamespace, true
        FROM used JOIN pg_collation c ON used.class = 'pg_collation'::regclass AND c.oid = used.object
    )
    SELECT coalesce(
        (SELECT format('relation "%s" is read through a view only: the owner of the stream table may not read it', min(c.relname))
         FROM d, read JOIN pg_class c ON c.oid = read.relation
         WHERE NOT pgtrickle_data.may(d.reader, c.oid, 'SELECT') HAVING count(*) > 0),
        (SELECT format('the owner of the stream table may not use %s, which a view uses', min(n.word))
         FROM d, named n WHERE NOT n.allowed OR NOT has_schema_privilege(d.reader, n.schema, 'USAGE') HAVING count(*) > 0))
$$;

-- Why the changes of a table's descendants cannot be captured for a reader; NULL when they can.
CREATE FUNCTION pgtrickle_data.family_problem(relation oid, reader oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT format('"%s", a part of it, %s', c.relname, w.why)
    FROM pgtrickle_data.descendants(relation) d JOIN pg_class c ON c.oid = d
    CROSS JOIN LATERAL (SELECT CASE
        WHEN c.relkind = 'f' THEN 'is a foreign table'
        WHEN c.relpersistence = 't' THEN 'is temporary'
        WHEN c.relpersistence = 'u' THEN 'is unlogged, and a crash empties it'
        WHEN EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = d AND i.inhparent <> relation
                     AND i.inhparent NOT IN (SELECT o FROM pgtrickle_data.descendants(relation) o))
            THEN 'inherits from another table too'
        WHEN NOT pgtrickle_data.may((SELECT nspowner FROM pg_namespace WHERE nspname = 'pgtrickle_data'), d, 'TRIGGER')
             AND NOT has_table_privilege(reader, d, 'TRIGGER')
            THEN 'is one on which neither weir nor the owner of the stream table may create a trigger'
    END) w(why)
    WHERE w.why IS NOT NULL ORDER BY c.relname LIMIT 1
$$;

-- Why the changes of a relation cannot be captured for a reader; NULL when they can.
CREATE FUNCTION pgtrickle_data.no_capture(relation oid, reader oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT CASE
        WHEN c.relkind = 'v' THEN NULL -- its tables stand for it
        WHEN c.relkind = 'm' THEN 'it is a materialized view'
        WHEN c.relkind = 'f' THEN 'it is a foreign table'
        WHEN c.relkind NOT IN ('r', 'p') THEN 'it is not a table'
        WHEN n.nspname IN ('pg_catalog', 'information_schema', 'pg_toast', 'pgtrickle') THEN 'it is a system catalog'
        WHEN n.nspname = 'pgtrickle_data' AND s.id IS NULL THEN 'it belongs to weir'
        WHEN c.relpersistence = 'u' THEN 'it is unlogged, and a crash empties it'
        -- A statement that names the parent changes its rows, and its own triggers do not fire.
        WHEN c.relispartition THEN 'it is a partition'
        WHEN EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) THEN 'it inherits from another table'
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
        WHEN EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid) THEN pgtrickle_data.family_problem(c.oid, reader)
    END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
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
          AND NOT pgtrickle_data.has_children(relation)
        ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1), '{}')
$$;

-- Every relation a query reads, views and what is below them. `text_`: of a view or facade, to be inlined. A stream table that captured a
-- table stays as it is when that gets a partition or parent that cannot be captured: its refreshes are full ones then.
CREATE FUNCTION pgtrickle_data.describe_relations(definition oid)
RETURNS TABLE (relation oid, schema text, name text, relkind text, text_ text, no_capture text, source_id bigint,
               storage_of bigint, key_ text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH v AS (SELECT c.relowner AS reader, EXISTS (SELECT FROM pgtrickle_data.stream_tables t
                                                    WHERE t.definition = c.oid AND t.differential AND t.status <> 'creating') AS stays
               FROM pg_class c WHERE c.oid = describe_relations.definition),
    found AS (SELECT b AS relation FROM pgtrickle_data.below(definition) b WHERE b <> definition)
    SELECT c.oid, n.nspname, c.relname, c.relkind::text, CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END,
           CASE WHEN NOT (v.stays AND s.attnums <> '{}' AND pgtrickle_data.family(c.oid) <> '') OR s.relid IS NULL
                THEN pgtrickle_data.no_capture(c.oid, v.reader) END, coalesce(s.source_id, 0), coalesce(st.id, 0),
           array_to_string(pgtrickle_data.key_of(c.oid), ' ')
    FROM v, found JOIN pg_class c ON c.oid = found.relation JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pgtrickle_data.stream_tables st ON st.storage = c.oid
    LEFT JOIN pgtrickle_data.sources s ON s.relid = c.oid
    ORDER BY c.oid
$$;

-- The name of a type, qualified unless it is PostgreSQL's own, whatever the search path of the session that asks.
CREATE FUNCTION pgtrickle.weir_type_name(type oid, typmod int) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT format_type(type, typmod) $$;

-- The columns of a relation.
CREATE FUNCTION pgtrickle_data.describe_columns(relation oid)
RETURNS TABLE (attnum int, name text, type text, type_oid oid, typmod int, not_null bool, hashable bool, faithful bool)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.atttypid, a.atttypmod,
           (a.attnotnull AND NOT pgtrickle_data.has_children(relation)) OR a.attnum = ANY (pgtrickle_data.key_of(relation)),
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

-- A reason found in a relation below a definition, with the view by which the definition comes to it.
CREATE FUNCTION pgtrickle_data.word_of(definition oid, found oid, word text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH above AS (SELECT c.oid, c.relname, c.relkind FROM pgtrickle_data.mentioned(definition) m JOIN pg_class c ON c.oid = m)
    SELECT CASE WHEN found = definition OR EXISTS (SELECT FROM above WHERE oid = found AND relkind <> 'v') THEN word
                ELSE coalesce((SELECT format('view "%s": %s', min(relname), word) FROM above
                               WHERE found IN (SELECT b FROM pgtrickle_data.below(above.oid) b) HAVING count(*) > 0), word) END
$$;

-- Aggregates into JSON in a view's tree. PostgreSQL calls them STABLE, as how some values are written depends on settings; of
-- arguments whose types have one form only they are not.
CREATE FUNCTION pgtrickle_data.settled_json(t text) RETURNS SETOF oid
LANGUAGE sql STABLE ROWS 1 SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH every(fn) AS (SELECT m[1]::oid FROM regexp_matches(t, ':aggfnoid (\d+)', 'g') m),
    typed(fn, types) AS (SELECT m[1]::oid, string_to_array(trim(m[2]), ' ')::oid[]
                         FROM regexp_matches(t, ':aggfnoid (\d+) [^({]*:aggargtypes \(o([ \d]*)\)', 'g') m)
    SELECT p.oid
    FROM typed JOIN pg_proc p ON p.oid = typed.fn
    WHERE p.oid < 16384 AND p.proname ~ '^jsonb?_(object_)?agg'
    GROUP BY p.oid
    HAVING count(*) = (SELECT count(*) FROM every WHERE every.fn = p.oid)
       AND bool_and(NOT EXISTS (
           SELECT FROM unnest(typed.types) u(type) JOIN pg_type y ON y.oid = u.type
           WHERE CASE WHEN y.typcategory = 'A' AND y.typlen = -1 THEN y.typelem ELSE y.oid END NOT IN
               ('bool'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'text'::regtype,
                'varchar'::regtype, 'bpchar'::regtype, 'name'::regtype, 'uuid'::regtype, 'json'::regtype, 'jsonb'::regtype,
                'date'::regtype, 'time'::regtype, 'timestamp'::regtype)))
$$;

-- Functions, operators and conversions in a view's tree that do not always give the same result for the same arguments,
-- as words, the worst (rank 0, VOLATILE) first.
CREATE FUNCTION pgtrickle_data.mutable_words(t text) RETURNS TABLE (rank int, word text)
LANGUAGE sql STABLE ROWS 2 SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    -- The stored tree. Text from the user cannot look like a field of it: a blank in a name is stored as '\ '.
    WITH tree AS (SELECT mutable_words.t),
    used(fn, word) AS (
        SELECT p.oid, format('function %s()', p.proname)
        FROM tree, regexp_matches(t, ':(?:funcid|aggfnoid|winfnoid) (\d+)', 'g') m JOIN pg_proc p ON p.oid = m[1]::oid
        WHERE p.oid NOT IN (SELECT pgtrickle_data.settled_json(mutable_words.t))
        UNION
        -- An aggregate is called IMMUTABLE whatever it is made of.
        SELECT f.fn, format('aggregate %s()', p.proname)
        FROM tree, regexp_matches(t, ':(?:aggfnoid|winfnoid) (\d+)', 'g') m JOIN pg_proc p ON p.oid = m[1]::oid
        JOIN pg_aggregate a ON a.aggfnoid = p.oid,
        unnest(ARRAY[a.aggtransfn::oid, a.aggfinalfn::oid, a.aggcombinefn::oid, a.aggserialfn::oid, a.aggdeserialfn::oid]) f(fn)
        WHERE p.oid >= 16384 AND f.fn <> 0
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
    SELECT rank, word FROM kinds
$$;

-- The same of a view and all views below it.
CREATE FUNCTION pgtrickle_data.mutable_parts(definition oid) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT pgtrickle_data.word_of(definition, b.view, m.word)
    FROM pgtrickle_data.trees(definition) b, pgtrickle_data.mutable_words(b.tree) m ORDER BY m.rank, b.view <> definition, m.word
$$;

-- True when reading the query may run code that somebody but PostgreSQL's authors wrote: functions, operators and types
-- in its text, and those in the indexes, constraints, statistics and generated columns of the tables it reads, which the planner may evaluate.
CREATE FUNCTION pgtrickle_data.user_code(view oid) RETURNS bool
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH reads AS MATERIALIZED (
        SELECT b AS relation FROM pgtrickle_data.below(view) b
        UNION SELECT d FROM pgtrickle_data.below(view) b, pgtrickle_data.descendants(b) d
    ),
    objects(class, object) AS (
        SELECT 'pg_rewrite'::regclass, r.oid FROM reads JOIN pg_rewrite r ON r.ev_class = reads.relation
        -- The expressions of a partition key belong to the table itself.
        UNION ALL SELECT 'pg_class'::regclass, p.partrelid FROM reads JOIN pg_partitioned_table p ON p.partrelid = reads.relation
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

-- The aggregates in a query's text and in the views below it that are not built in: "schema"."function", with commas between them.
CREATE FUNCTION pgtrickle_data.user_aggregates(definition oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT string_agg(DISTINCT format('"%s"."%s"', replace(n.nspname, '"', '""'), replace(p.proname, '"', '""')), ',')
    FROM pgtrickle_data.trees(definition) t, regexp_matches(t.tree, ':aggfnoid (\d+)', 'g') m
    JOIN pg_proc p ON p.oid = m[1]::oid JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.oid >= 16384
$$;

-- An aggregate of a user's whose name is a plain function's too, where both are called: they look the same.
CREATE FUNCTION pgtrickle_data.ambiguous_aggregate(definition oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH trees AS MATERIALIZED (SELECT t.tree FROM pgtrickle_data.trees(definition) t)
    SELECT format('%s is an aggregate and a function', min(p.proname))
    FROM (SELECT DISTINCT m[1]::oid AS fn FROM trees, regexp_matches(tree, ':aggfnoid (\d+)', 'g') m) a JOIN pg_proc p ON p.oid = a.fn,
         (SELECT DISTINCT m[1]::oid AS fn FROM trees, regexp_matches(tree, ':funcid (\d+)', 'g') m) f JOIN pg_proc o ON o.oid = f.fn
    WHERE p.oid >= 16384 AND p.pronamespace = o.pronamespace AND p.proname = o.proname
    HAVING count(*) > 0
$$;

-- A set-returning function in the select list of a query or of a view below it.
CREATE FUNCTION pgtrickle_data.select_list_set(definition oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT pgtrickle_data.word_of(definition, t.view,
               coalesce((SELECT min(format('function %s() in the select list returns a set', p.proname))
                         FROM regexp_matches(t.tree, '(?<!:funcexpr )\{FUNCEXPR :funcid (\d+) :funcresulttype \d+ :funcretset true', 'g') m
                         JOIN pg_proc p ON p.oid = m[1]::oid),
                        'set-returning function in the select list'))
    FROM (SELECT * FROM pgtrickle_data.trees(definition) t WHERE t.tree ~ ':hasTargetSRFs true'
          ORDER BY t.view <> definition, t.view LIMIT 1) t
$$;

-- One row on a query as a whole. `refused`: why it cannot be kept by differences whatever its form; `executor`: must be
-- run with its owner's rights inside exec_<id>, as weir's role may not read the sources or must not run the code; `restless`: its
-- result may change though nothing changes in the tables it reads.
CREATE FUNCTION pgtrickle_data.describe_query(definition oid)
RETURNS TABLE (canonical text, refused text, executor bool, owner oid, owner_name text, restless bool, aggregates text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH relations AS MATERIALIZED (SELECT * FROM pgtrickle_data.describe_relations(definition)),
    -- With whose rights it is read: policies may hide other rows from each.
    readers AS MATERIALIZED (
        SELECT DISTINCT c.relowner AS role
        FROM unnest(definition || pgtrickle_data.views_below(definition)) v JOIN pg_class c ON c.oid = v
    ),
    hidden AS MATERIALIZED (
        SELECT r.relation, r.name FROM relations r, readers WHERE pgtrickle_data.row_security_applies(r.relation, readers.role)
    ),
    mutable AS MATERIALIZED (SELECT m.word, m.n FROM pgtrickle_data.mutable_parts(definition) WITH ORDINALITY m(word, n))
    SELECT pg_get_viewdef(definition),
           coalesce(
               (SELECT m.word FROM mutable m ORDER BY m.n LIMIT 1),
               pgtrickle_data.ambiguous_aggregate(definition),
               pgtrickle_data.select_list_set(definition),
               (SELECT pgtrickle_data.word_of(definition, r.relation, format('relation "%s": %s', r.name, r.no_capture)) FROM relations r
                WHERE r.no_capture IS NOT NULL LIMIT 1),
               (SELECT pgtrickle_data.word_of(definition, h.relation, format('row security of table "%s"', h.name)) FROM hidden h LIMIT 1),
               pgtrickle_data.closed_views(definition)),
           pgtrickle_data.user_code(definition)
               OR EXISTS (SELECT FROM mutable)
               OR EXISTS (SELECT FROM hidden)
               OR EXISTS (SELECT FROM relations r
                          WHERE r.relkind <> 'v' AND (NOT pgtrickle_data.may(w.nspowner, r.relation, 'SELECT')
                                                      OR r.no_capture IS NOT NULL
                                                      OR pgtrickle_data.row_security_applies(r.relation, w.nspowner))),
           c.relowner, pg_get_userbyid(c.relowner)::text,
           EXISTS (SELECT FROM mutable) OR EXISTS (SELECT FROM hidden),
           pgtrickle_data.user_aggregates(definition)
    FROM pg_class c, pg_namespace w WHERE c.oid = describe_query.definition AND w.nspname = 'pgtrickle_data'
$$;

-- Of a query that is refreshed in full: the tables below it, through views and facades, and whether each can be watched.
-- `attnums`: the few columns to capture, as only the fact of a change matters.
CREATE FUNCTION pgtrickle_data.base_sources(definition oid)
RETURNS TABLE (relation oid, name text, storage_of bigint, watched bool, attnums text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT c.oid, c.relname, coalesce(t.id, 0), pgtrickle_data.no_capture(c.oid, v.relowner) IS NULL,
           CASE WHEN pgtrickle_data.key_of(c.oid) <> '{}' THEN array_to_string(pgtrickle_data.key_of(c.oid), ' ')
                ELSE (SELECT min(a.attnum)::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) END
    FROM pgtrickle_data.below(definition) b JOIN pg_class c ON c.oid = b
    LEFT JOIN pgtrickle_data.stream_tables t ON t.storage = c.oid
    CROSS JOIN pg_class v
    WHERE v.oid = base_sources.definition AND c.relkind NOT IN ('v', 'S', 'i')
    ORDER BY c.oid
$$;
