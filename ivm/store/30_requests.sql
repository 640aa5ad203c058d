-- What users call. These functions check, record a request in the transaction, and tell weir, which then does the work
-- over this very connection, as the caller. They run with the caller's rights; whatever they record is only text that
-- weir runs as the caller, so a forged request can do nothing the caller could not.
--
-- The outer functions have no search_path of their own (they ask what the caller's is) and so name everything in
-- full; the functions they call do have one.

-- Lines key=value for the DETAIL of an in-band message.
CREATE FUNCTION pgtrickle.weir_line(key text, value text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN value IS NULL THEN ''
                ELSE key || '=' || replace(replace(value, E'\\', E'\\\\'), E'\n', E'\\n') || E'\n' END
$$;

CREATE FUNCTION pgtrickle.weir_signal(kind text, arguments text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE INFO USING ERRCODE = 'WR001', MESSAGE = kind, DETAIL = arguments;
END $$;

CREATE FUNCTION pgtrickle.weir_check_session() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(current_setting('weir.session', true), '') = '' THEN
        RAISE EXCEPTION USING ERRCODE = '55000', MESSAGE = 'stream tables are created through weir',
            HINT = 'Connect to weir instead of the server itself, and repeat the statement there.';
    END IF;
END $$;

-- A new request, and the id of the storage it will create.
CREATE FUNCTION pgtrickle.weir_request(kind text) RETURNS TABLE (request bigint, id bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO pgtrickle_data.requests (kind) VALUES (kind)
    RETURNING request, CASE WHEN kind = 'create' THEN nextval('pgtrickle_data.storage_id') END
$$;

CREATE FUNCTION pgtrickle.weir_stream_table(facade oid) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT t.id FROM pgtrickle_data.stream_tables t WHERE t.facade = weir_stream_table.facade);
END $$;

-- Stream tables that read stream table `id`, directly or through others, nearest first.
CREATE FUNCTION pgtrickle.weir_dependents(id bigint) RETURNS TABLE (dependent bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE readers(reader, depth) AS (
        SELECT coalesce(t.parent, t.id), 1
        FROM pgtrickle_data.dependencies d JOIN pgtrickle_data.stream_tables t USING (id)
        WHERE d.upstream = weir_dependents.id
        UNION
        SELECT coalesce(t.parent, t.id), r.depth + 1
        FROM readers r JOIN pgtrickle_data.dependencies d ON d.upstream = r.reader
        JOIN pgtrickle_data.stream_tables t ON t.id = d.id
        WHERE r.depth < 1000
    )
    SELECT r.reader, c.relname::text
    FROM readers r JOIN pgtrickle_data.stream_tables t ON t.id = r.reader LEFT JOIN pg_class c ON c.oid = t.facade
    WHERE r.reader <> weir_dependents.id
    GROUP BY r.reader, c.relname ORDER BY min(r.depth), r.reader
$$;

-- Milliseconds of '2s', '1h30m', '500ms', '90'; 0 for 'calculated'.
CREATE FUNCTION pgtrickle.weir_schedule_ms(schedule text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s text := lower(btrim(schedule));
    ms numeric;
BEGIN
    IF s IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'schedule must not be NULL',
            HINT = 'Use ''calculated'' to refresh as often as the stream tables that read this one need.';
    ELSIF s = 'calculated' THEN
        RETURN 0;
    ELSIF s = 'on commit' THEN
        RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = 'schedule ''on commit'' is not supported yet';
    ELSIF s ~ '^@' OR s ~ '^\S+\s+\S+\s+\S+\s+\S+\s+\S+(\s+\S+)?$' THEN
        RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = 'cron schedules are not supported yet',
            HINT = 'Use an interval such as ''30s'', ''5m'' or ''1h30m''.';
    ELSIF s ~ '^[0-9]+$' THEN
        ms := s::numeric * 1000;
    ELSIF s ~ '^([0-9]+(ms|s|m|h|d|w))+$' THEN
        SELECT sum(p[1]::numeric * CASE p[2] WHEN 'ms' THEN 1 WHEN 's' THEN 1000 WHEN 'm' THEN 60000
                                             WHEN 'h' THEN 3600000 WHEN 'd' THEN 86400000 ELSE 604800000 END)
        INTO ms FROM regexp_matches(s, '([0-9]+)(ms|s|m|h|d|w)', 'g') p;
    END IF;
    IF ms IS NULL OR ms <= 0 OR ms > 31536000000 THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('invalid schedule: "%s"', schedule),
            HINT = 'Use an interval from 1ms to 365d, such as ''2s'', ''1h30m'' or ''500ms'', or ''calculated''.';
    END IF;
    RETURN ms;
END $$;

-- Options as given, with defaults filled in and every value checked.
CREATE FUNCTION pgtrickle.weir_options(given jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known CONSTANT text[] := '{schedule, refresh_mode, diamond_consistency, diamond_schedule_policy, cdc_mode, append_only, max_delta_fraction}';
    o jsonb := '{"schedule": "calculated", "refresh_mode": "auto", "diamond_consistency": "atomic", "diamond_schedule_policy": "fastest", "cdc_mode": "trigger", "append_only": "false"}';
    k text;
    v text;
BEGIN
    FOR k, v IN SELECT * FROM jsonb_each_text(coalesce(given, '{}')) LOOP
        IF k <> ALL (known) THEN
            RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('unrecognized stream table option "%s"', k),
                HINT = 'Options are ' || array_to_string(known, ', ') || '.';
        END IF;
        IF v IS NULL AND k <> 'schedule' THEN
            CONTINUE;
        END IF;
        v := CASE WHEN k = 'schedule' THEN v ELSE lower(btrim(v)) END;
        IF (k = 'refresh_mode' AND v = 'immediate') OR (k = 'cdc_mode' AND v = 'wal') THEN
            RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = format('%s %s is not supported yet', k, upper(v)),
                HINT = CASE k WHEN 'refresh_mode' THEN 'Use AUTO, DIFFERENTIAL or FULL.' ELSE 'Use trigger.' END;
        END IF;
        IF (k = 'refresh_mode' AND v NOT IN ('auto', 'differential', 'full'))
           OR (k = 'diamond_consistency' AND v NOT IN ('atomic', 'none'))
           OR (k = 'diamond_schedule_policy' AND v NOT IN ('fastest', 'slowest'))
           OR (k = 'cdc_mode' AND v NOT IN ('auto', 'trigger'))
           OR (k = 'append_only' AND v NOT IN ('true', 'false', 'on', 'off', 'yes', 'no', '1', '0'))
           OR (k = 'max_delta_fraction' AND (v !~ '^([0-9]+\.?[0-9]*|\.[0-9]+)$' OR v::numeric > 1)) THEN
            RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('invalid value for stream table option "%s": "%s"', k, v),
                HINT = CASE k WHEN 'refresh_mode' THEN 'Use AUTO, DIFFERENTIAL or FULL.'
                              WHEN 'diamond_consistency' THEN 'Use atomic or none.'
                              WHEN 'diamond_schedule_policy' THEN 'Use fastest or slowest.'
                              WHEN 'cdc_mode' THEN 'Use auto or trigger.'
                              WHEN 'append_only' THEN 'Use true or false.'
                              ELSE 'Use a number from 0 to 1.' END;
        END IF;
        o := o || jsonb_build_object(k, v);
    END LOOP;
    RETURN o || jsonb_build_object('schedule_ms', pgtrickle.weir_schedule_ms(o ->> 'schedule'));
END $$;

-- Checks and records the creation of a stream table. `path` is the caller's search path.
CREATE FUNCTION pgtrickle.weir_create(name text, query text, columns text[], options jsonb, if_not_exists bool,
                                      with_data bool, path name[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parts text[];
    target_schema text;
    target_name text;
    o jsonb;
    r record;
BEGIN
    PERFORM pgtrickle.weir_check_session();
    IF name IS NULL OR query IS NULL OR btrim(query) = '' THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'a stream table needs a name and a query';
    END IF;
    o := pgtrickle.weir_options(options);
    parts := parse_ident(name);
    IF cardinality(parts) > 2 THEN
        RAISE EXCEPTION USING ERRCODE = '42601', MESSAGE = format('improper stream table name: %s', name);
    END IF;
    target_name := parts[cardinality(parts)]::name; -- cut to the length of a name, as everywhere
    target_schema := CASE cardinality(parts) WHEN 2 THEN parts[1]::name ELSE path[1] END;
    IF target_schema IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '3F000', MESSAGE = 'no schema has been selected to create in';
    ELSIF to_regnamespace(quote_ident(target_schema)) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '3F000', MESSAGE = format('schema "%s" does not exist', target_schema);
    ELSIF target_schema IN ('pgtrickle', 'pgtrickle_data') OR target_schema ~ '^pg_' THEN
        RAISE EXCEPTION USING ERRCODE = '42939', MESSAGE = format('stream tables cannot be created in schema "%s"', target_schema);
    ELSIF NOT has_schema_privilege(target_schema, 'CREATE') THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('permission denied for schema %s', target_schema);
    END IF;
    IF EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relname = target_name AND n.nspname = target_schema) THEN
        IF if_not_exists THEN
            RAISE NOTICE USING ERRCODE = '42P07', MESSAGE = format('relation "%s" already exists, skipping', target_name);
            RETURN;
        END IF;
        RAISE EXCEPTION USING ERRCODE = '42P07', MESSAGE = format('relation "%s" already exists', target_name);
    END IF;
    SELECT * INTO r FROM pgtrickle.weir_request('create');
    PERFORM pgtrickle.weir_signal('create',
        pgtrickle.weir_line('request', r.request::text) || pgtrickle.weir_line('id', r.id::text)
        || pgtrickle.weir_line('role', current_user) || pgtrickle.weir_line('schema', target_schema)
        || pgtrickle.weir_line('name', target_name) || pgtrickle.weir_line('query', query)
        || pgtrickle.weir_line('with_data', coalesce(with_data, true)::text)
        || (SELECT coalesce(string_agg(pgtrickle.weir_line('column', c), '' ORDER BY n), '') FROM unnest(columns) WITH ORDINALITY u(c, n))
        || (SELECT string_agg(pgtrickle.weir_line(key, value), '') FROM jsonb_each_text(o)));
END $$;

-- The stream tables that `names` are, as the caller resolved them (`relations`, 0 where there is none).
CREATE FUNCTION pgtrickle.weir_resolve(names text[], relations oid[], if_exists bool, owned bool) RETURNS bigint[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ids bigint[] := '{}';
    id bigint;
    owner oid;
BEGIN
    PERFORM pgtrickle.weir_check_session();
    FOR i IN 1 .. coalesce(cardinality(names), 0) LOOP
        id := pgtrickle.weir_stream_table(relations[i]);
        IF id IS NULL AND relations[i] <> 0 THEN
            RAISE EXCEPTION USING ERRCODE = '42809', MESSAGE = format('"%s" is not a stream table', names[i]);
        ELSIF id IS NULL AND if_exists THEN
            RAISE NOTICE USING ERRCODE = '42P01', MESSAGE = format('stream table "%s" does not exist, skipping', names[i]);
            CONTINUE;
        ELSIF id IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = '42P01', MESSAGE = format('stream table "%s" does not exist', names[i]);
        END IF;
        SELECT c.relowner INTO owner FROM pg_class c WHERE c.oid = relations[i];
        IF owned AND NOT pg_has_role(owner, 'USAGE') THEN
            RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('must be owner of stream table %s', names[i]);
        END IF;
        ids := ids || id;
    END LOOP;
    RETURN ids;
END $$;

CREATE FUNCTION pgtrickle.weir_drop(names text[], relations oid[], if_exists bool, with_dependents bool) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ids bigint[] := pgtrickle.weir_resolve(names, relations, if_exists, true);
    id bigint;
    dependents text;
    r record;
BEGIN
    IF ids = '{}' THEN
        RETURN;
    END IF;
    FOREACH id IN ARRAY ids LOOP
        SELECT string_agg(format('"%s"', d.name), ', ') INTO dependents
        FROM pgtrickle.weir_dependents(id) d WHERE d.dependent <> ALL (ids);
        IF dependents IS NOT NULL AND NOT coalesce(with_dependents, false) THEN
            RAISE EXCEPTION USING ERRCODE = '2BP01',
                MESSAGE = format('cannot drop stream table %s because other stream tables depend on it', names[array_position(ids, id)]),
                DETAIL = 'Dependent stream tables: ' || dependents || '.',
                HINT = 'Use CASCADE (cascade => true) to drop them too.';
        END IF;
    END LOOP;
    SELECT * INTO r FROM pgtrickle.weir_request('drop');
    PERFORM pgtrickle.weir_signal('drop',
        pgtrickle.weir_line('request', r.request::text) || pgtrickle.weir_line('role', current_user)
        || pgtrickle.weir_line('cascade', coalesce(with_dependents, false)::text)
        || (SELECT string_agg(pgtrickle.weir_line('id', u::text), '') FROM unnest(ids) u));
END $$;

-- Which stream table a facade is: everybody may know, as everybody may read stream_tables_info.
CREATE VIEW pgtrickle.weir_stream_tables AS
SELECT t.facade, t.id FROM pgtrickle_data.stream_tables t WHERE t.facade IS NOT NULL;

-- The path of every REFRESH: one plan, which a session keeps, and no settings to change back and forth. It checks what
-- weir_resolve() checks; what is amiss, that one says.
CREATE PROCEDURE pgtrickle.refresh_stream_table_statement(names text[], "full" bool)
LANGUAGE plpgsql AS $$
DECLARE
    lines text := pg_catalog.concat('full=', COALESCE("full", false), E'\n');
    relation oid;
    id bigint;
BEGIN
    FOR i IN 1 .. pg_catalog.cardinality(names) LOOP
        relation := COALESCE(pg_catalog.to_regclass(names[i])::pg_catalog.oid, 0::pg_catalog.oid);
        id := (SELECT f.id FROM pgtrickle.weir_stream_tables f JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) f.facade
               WHERE f.facade OPERATOR(pg_catalog.=) relation AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
                 AND pg_catalog.current_setting('weir.session', true) OPERATOR(pg_catalog.<>) '');
        IF id IS NULL THEN
            id := (pgtrickle.weir_resolve(ARRAY[names[i]], ARRAY[relation], false, true))[1];
        END IF;
        lines := pg_catalog.concat(lines, 'id=', id, E'\n');
    END LOOP;
    RAISE INFO USING ERRCODE = 'WR001', MESSAGE = 'refresh', DETAIL = lines;
END $$;

CREATE FUNCTION pgtrickle.weir_facades(ids bigint[]) RETURNS oid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT ARRAY(SELECT t.facade FROM pgtrickle_data.stream_tables t WHERE t.id = ANY (ids) AND t.facade IS NOT NULL)
$$;

-- Anybody can raise a signal like the one above. Weir has this run by whoever sent it, before it believes it.
CREATE FUNCTION pgtrickle.weir_check_refresh(ids bigint[]) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    refused text := (SELECT c.relname FROM pg_class c WHERE c.oid = ANY (pgtrickle.weir_facades(ids))
                     AND NOT pg_has_role(c.relowner, 'USAGE') ORDER BY c.oid LIMIT 1);
BEGIN
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('must be owner of stream table %s', refused);
    END IF;
END $$;

CREATE FUNCTION pgtrickle.create_stream_table(
    name text, query text, schedule text DEFAULT 'calculated', refresh_mode text DEFAULT 'AUTO', initialize bool DEFAULT true,
    diamond_consistency text DEFAULT NULL, diamond_schedule_policy text DEFAULT NULL, cdc_mode text DEFAULT NULL,
    append_only bool DEFAULT false, max_delta_fraction float8 DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
    SELECT pgtrickle.weir_create(name, query, NULL, pg_catalog.jsonb_build_object(
        'schedule', schedule, 'refresh_mode', refresh_mode, 'diamond_consistency', diamond_consistency,
        'diamond_schedule_policy', diamond_schedule_policy, 'cdc_mode', cdc_mode, 'append_only', append_only,
        'max_delta_fraction', max_delta_fraction), false, initialize, pg_catalog.current_schemas(false))
$$;

CREATE FUNCTION pgtrickle.create_stream_table_if_not_exists(
    name text, query text, schedule text DEFAULT 'calculated', refresh_mode text DEFAULT 'AUTO', initialize bool DEFAULT true,
    diamond_consistency text DEFAULT NULL, diamond_schedule_policy text DEFAULT NULL, cdc_mode text DEFAULT NULL,
    append_only bool DEFAULT false, max_delta_fraction float8 DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
    SELECT pgtrickle.weir_create(name, query, NULL, pg_catalog.jsonb_build_object(
        'schedule', schedule, 'refresh_mode', refresh_mode, 'diamond_consistency', diamond_consistency,
        'diamond_schedule_policy', diamond_schedule_policy, 'cdc_mode', cdc_mode, 'append_only', append_only,
        'max_delta_fraction', max_delta_fraction), true, initialize, pg_catalog.current_schemas(false))
$$;

-- to_regclass for a list: 0 where there is no such relation. Without a search_path of its own.
CREATE FUNCTION pgtrickle.weir_relations(names text[]) RETURNS oid[]
LANGUAGE sql STABLE AS $$
    SELECT ARRAY(SELECT COALESCE(pg_catalog.to_regclass(u.name)::pg_catalog.oid, 0::pg_catalog.oid)
                 FROM pg_catalog.unnest(names) WITH ORDINALITY u(name, n) ORDER BY u.n USING OPERATOR(pg_catalog.<))
$$;

CREATE FUNCTION pgtrickle.drop_stream_table(name text, cascade bool DEFAULT false) RETURNS void
LANGUAGE sql AS $$
    SELECT pgtrickle.weir_drop(ARRAY[name], pgtrickle.weir_relations(ARRAY[name]), false, cascade)
$$;

CREATE FUNCTION pgtrickle.weir_resume(name text, relation oid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ids bigint[] := pgtrickle.weir_resolve(ARRAY[name], ARRAY[relation], false, true);
    r record;
BEGIN
    SELECT * INTO r FROM pgtrickle.weir_request('resume');
    PERFORM pgtrickle.weir_signal('resume', pgtrickle.weir_line('request', r.request::text) || pgtrickle.weir_line('id', ids[1]::text));
END $$;

CREATE FUNCTION pgtrickle.resume_stream_table(name text) RETURNS void
LANGUAGE sql AS $$
    SELECT pgtrickle.weir_resume(name, (pgtrickle.weir_relations(ARRAY[name]))[1])
$$;

CREATE FUNCTION pgtrickle.refresh_stream_table(name text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    CALL pgtrickle.refresh_stream_table_statement(ARRAY[name], false);
END $$;

-- What CREATE, DROP, REFRESH and ALTER STREAM TABLE become.
CREATE PROCEDURE pgtrickle.create_stream_table_statement(name text, query text, columns text[], options jsonb,
                                                         if_not_exists bool, with_data bool)
LANGUAGE sql AS $$
    SELECT pgtrickle.weir_create(name, query, columns, options, if_not_exists, with_data, pg_catalog.current_schemas(false))
$$;

CREATE PROCEDURE pgtrickle.drop_stream_table_statement(names text[], if_exists bool, cascade bool)
LANGUAGE sql AS $$
    SELECT pgtrickle.weir_drop(names, pgtrickle.weir_relations(names), if_exists, cascade)
$$;

CREATE PROCEDURE pgtrickle.resume_stream_table_statement(name text)
LANGUAGE sql AS $$
    SELECT pgtrickle.resume_stream_table(name)
$$;

-- The triggers, and the rule, of every facade.
CREATE FUNCTION pgtrickle.refuse_write() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '42809', MESSAGE = format('cannot change stream table "%s"', TG_TABLE_NAME),
        HINT = 'Its rows follow from its query. Change the tables that the query reads.';
END $$;

CREATE FUNCTION pgtrickle.refuse_insert(facade oid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '42809',
        MESSAGE = format('cannot change stream table "%s"', (SELECT c.relname FROM pg_class c WHERE c.oid = facade)),
        HINT = 'Its rows follow from its query. Change the tables that the query reads.';
END $$;
