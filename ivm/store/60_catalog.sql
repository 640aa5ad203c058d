-- Steps of creating and dropping that are weir's own. Class 2003134834 of advisory locks is weir's: (class, 0) is held by
-- whoever changes the catalog, (class, id) by whoever refreshes storage `id`.

-- Begins to carry out a request: one change of the catalog at a time.
CREATE FUNCTION pgtrickle_data.begin_ddl(request_ bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(2003134834, 0);
    DELETE FROM pgtrickle_data.requests WHERE request = request_ AND xid = pg_current_xact_id();
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = '55000', MESSAGE = 'there is no such request';
    END IF;
END $$;

-- Until close_schema, in this transaction, the owner may create its objects in weir's schema.
CREATE FUNCTION pgtrickle_data.open_schema(role_ name) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
    IF role_ <> current_user THEN
        EXECUTE format('GRANT USAGE, CREATE ON SCHEMA pgtrickle_data TO %I', role_);
    END IF;
END $$;

-- `last`: the owner has created all that is to be created. The right to name objects then stays only with those whose executor
-- functions need it: what a view of an owner's reads, it reads without.
CREATE FUNCTION pgtrickle_data.close_schema(role_ name, last bool) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(2003134834, 0);
    IF role_ <> current_user THEN
        IF has_schema_privilege(role_, 'pgtrickle_data', 'CREATE') THEN
            EXECUTE format('REVOKE CREATE ON SCHEMA pgtrickle_data FROM %I', role_);
        END IF;
        IF last AND NOT EXISTS (SELECT FROM pgtrickle_data.stream_tables t
                                WHERE pg_get_userbyid(t.owner) = role_ AND (t.executor OR t.status = 'creating')) THEN
            EXECUTE format('REVOKE USAGE ON SCHEMA pgtrickle_data FROM %I', role_);
        END IF;
    END IF;
    INSERT INTO pgtrickle_data.catalog_version DEFAULT VALUES;
END $$;

-- Ids for parts.
CREATE FUNCTION pgtrickle_data.reserve(parts int) RETURNS SETOF bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT nextval('pgtrickle_data.storage_id') FROM generate_series(1, parts)
$$;

-- Names of facades, as the caller of DROP needs them, and the stream tables that go with them.
CREATE FUNCTION pgtrickle_data.drop_list(ids bigint[], with_dependents bool) RETURNS TABLE (id bigint, schema text, name text, named bool)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT t.id, n.nspname::text, c.relname::text, t.id = ANY (ids)
    FROM pgtrickle_data.stream_tables t JOIN pg_class c ON c.oid = t.facade JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE t.id = ANY (ids)
       OR (with_dependents AND EXISTS (SELECT FROM unnest(ids) u, pgtrickle.weir_dependents(u) d WHERE d.dependent = t.id))
    ORDER BY t.id
$$;

-- Before facades are dropped: waits for refreshes of these storages under way, so that from here on nobody holds what the drop needs,
-- and takes the definitions away, which read the facades of one another.
CREATE FUNCTION pgtrickle_data.begin_drop(ids bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    r record;
BEGIN
    PERFORM pgtrickle_data.lock_storages(ids);
    FOR r IN SELECT t.id FROM pgtrickle_data.stream_tables t WHERE t.id = ANY (ids) OR t.parent = ANY (ids)
             ORDER BY coalesce(t.parent, t.id) DESC, t.parent NULLS FIRST, t.id DESC LOOP
        EXECUTE format('DROP VIEW IF EXISTS pgtrickle_data.state_%1$s, pgtrickle_data.def_%1$s CASCADE', r.id);
    END LOOP;
END $$;

-- Waits for refreshes of these storages and their parts, in the one order everybody keeps.
CREATE FUNCTION pgtrickle_data.lock_storages(ids bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(2003134834, 0);
    PERFORM pg_advisory_xact_lock(2003134834, t.id::int)
    FROM (SELECT id FROM pgtrickle_data.stream_tables WHERE id = ANY (ids) OR parent = ANY (ids) ORDER BY id) t;
END $$;

-- Removes storages, their parts, and everything that was made for them, whoever owns it: the schema is weir's. Readers among stream tables
-- must be in the list too. Sources that nobody reads any more are no longer captured.
CREATE FUNCTION pgtrickle_data.drop_storages_once(ids bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
DECLARE
    r record;
    s record;
BEGIN
    PERFORM pgtrickle_data.lock_storages(ids);
    -- Readers first: a view goes before what it reads.
    FOR r IN SELECT t.id, t.parent FROM pgtrickle_data.stream_tables t WHERE t.id = ANY (ids) OR t.parent = ANY (ids)
             ORDER BY coalesce(t.parent, t.id) DESC, t.parent NULLS FIRST, t.id DESC LOOP
        FOR s IN SELECT DISTINCT source_id FROM pgtrickle_data.dependencies WHERE id = r.id LOOP
            EXECUTE format('DROP VIEW IF EXISTS pgtrickle_data.pending_%s_%s CASCADE', r.id, s.source_id);
        END LOOP;
        EXECUTE format('DROP FUNCTION IF EXISTS pgtrickle_data.exec_%s(text) CASCADE', r.id);
        EXECUTE format('DROP VIEW IF EXISTS pgtrickle_data.state_%s CASCADE', r.id);
        EXECUTE format('DROP TABLE IF EXISTS pgtrickle_data.st_%s CASCADE', r.id); -- and the facade
        EXECUTE format('DROP VIEW IF EXISTS pgtrickle_data.def_%s CASCADE', r.id);
        DELETE FROM pgtrickle_data.dependencies WHERE id = r.id;
    END LOOP;
    -- Unread sources, and the storages that are gone.
    FOR s IN SELECT u.source_id FROM pgtrickle_data.sources u
             WHERE NOT EXISTS (SELECT FROM pgtrickle_data.dependencies d WHERE d.source_id = u.source_id) LOOP
        -- With the function go the triggers, whoever owns the table.
        FOR r IN SELECT p.proname FROM pg_proc p
                 WHERE p.pronamespace = 'pgtrickle_data'::regnamespace AND p.proname ~ format('^capture_%s(_\w+)?$', s.source_id) LOOP
            EXECUTE format('DROP FUNCTION pgtrickle_data.%I() CASCADE', r.proname);
        END LOOP;
        EXECUTE format('DROP TABLE IF EXISTS pgtrickle_data.changes_%1$s_0, pgtrickle_data.changes_%1$s_1 CASCADE', s.source_id);
        DELETE FROM pgtrickle_data.sources WHERE source_id = s.source_id;
    END LOOP;
    DELETE FROM pgtrickle_data.stream_tables WHERE parent = ANY (ids);
    DELETE FROM pgtrickle_data.stream_tables WHERE id = ANY (ids);
    DELETE FROM pgtrickle_data.history WHERE id = ANY (ids);
    INSERT INTO pgtrickle_data.catalog_version DEFAULT VALUES;
END $$;

-- Who reads many objects in one statement (the maintainer's reading of the catalog, a dump) may hold one of them and wait for
-- another that is dropped here. The server takes the one who has waited longer, which may be the DROP; but such readers do not wait for
-- long, so it is tried again, without the locks of the first time.
CREATE FUNCTION pgtrickle_data.drop_storages(ids bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    tries int := 0;
BEGIN
    LOOP
        BEGIN
            PERFORM pgtrickle_data.drop_storages_once(ids);
            RETURN;
        EXCEPTION WHEN deadlock_detected THEN
            tries := tries + 1;
            IF tries = 4 THEN
                RAISE;
            END IF;
        END;
    END LOOP;
END $$;

-- Removes what an interrupted creation left, and stream tables whose facade was dropped by other means.
CREATE FUNCTION pgtrickle_data.remove_leftovers() RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    dead bigint[];
BEGIN
    IF NOT pg_try_advisory_xact_lock(2003134834, 0) THEN
        RETURN 0;
    END IF;
    SELECT coalesce(array_agg(t.id), '{}') INTO dead
    FROM pgtrickle_data.stream_tables t
    WHERE t.parent IS NULL
      AND CASE WHEN t.status = 'creating'
               THEN NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = t.creator_pid AND a.backend_start IS NOT DISTINCT FROM t.creator_start)
               ELSE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.facade) END
      -- A reader that still stands keeps it; it is suspended when it fails.
      AND NOT EXISTS (SELECT FROM pgtrickle.weir_dependents(t.id) d JOIN pgtrickle_data.stream_tables x ON x.id = d.dependent
                      JOIN pg_class c ON c.oid = x.facade);
    IF dead <> '{}' THEN
        PERFORM pgtrickle_data.drop_storages(dead);
    END IF;
    RETURN cardinality(dead);
END $$;

-- Records a failure of a refresh; after five in a row the stream table is suspended. What cannot pass by itself
-- (broken storage) is rebuilt the next time.
CREATE FUNCTION pgtrickle_data.record_failure(ids bigint[], message text, broken bool) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
    UPDATE pgtrickle_data.state s
    SET errors = s.errors + 1, last_error = message, rebuild = s.rebuild OR broken,
        retry_at = clock_timestamp() + least(60, power(2, s.errors)) * interval '1 second'
    WHERE s.id = ANY (ids);
    UPDATE pgtrickle_data.stream_tables t
    SET status = 'suspended', suspended_reason = message
    FROM pgtrickle_data.state s
    WHERE s.id = t.id AND t.id = ANY (ids) AND s.errors >= 5 AND t.status = 'active';
    IF FOUND THEN
        INSERT INTO pgtrickle_data.catalog_version DEFAULT VALUES;
    END IF;
    INSERT INTO pgtrickle_data.history (id, start_time, end_time, action, status, initiated_by, error_message)
    SELECT t.id, clock_timestamp(), clock_timestamp(), 'REFRESH', 'FAILED', 'SCHEDULER', message
    FROM pgtrickle_data.stream_tables t WHERE t.id = ANY (ids) AND t.parent IS NULL;
END $$;

-- A suspended stream table is active again. Rows it had still to consume may be gone: `rebuild` says so then; and what failed over
-- some of them is not tried again with those. The caller holds the lock of the catalog, so housekeeping takes none away now.
CREATE FUNCTION pgtrickle_data.resume(stream_table bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
    UPDATE pgtrickle_data.state s SET rebuild = rebuild OR errors > 0, errors = 0, last_error = NULL, retry_at = NULL
    FROM pgtrickle_data.stream_tables t WHERE t.id = s.id AND stream_table IN (t.id, t.parent);
    UPDATE pgtrickle_data.stream_tables SET status = 'active', suspended_reason = NULL
    WHERE stream_table IN (id, parent) AND status = 'suspended';
    PERFORM pgtrickle_data.follow_rights();
    INSERT INTO pgtrickle_data.catalog_version DEFAULT VALUES;
END $$;

-- A delta was to take away rows that the storage does not hold: ends the refresh.
CREATE FUNCTION pgtrickle_data.refuse_broken(storage bigint, missing bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'XX001', MESSAGE = format('stream table "%s" did not hold %s rows that were to leave it',
        (SELECT c.relname FROM pgtrickle_data.stream_tables t LEFT JOIN pgtrickle_data.stream_tables p ON p.id = t.parent
         JOIN pg_class c ON c.oid = coalesce(p.facade, t.facade) WHERE t.id = storage), missing),
        HINT = 'It is rebuilt by its next refresh.';
END $$;

-- Inside a transaction of a user's: nobody may write the sources of these storages until it ends. Weir's role locks what
-- it may; the rest is returned, to be locked by the user.
CREATE FUNCTION pgtrickle_data.lock_sources(ids bigint[]) RETURNS TABLE (schema text, name text, relation oid)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT DISTINCT c.oid, n.nspname, c.relname, has_schema_privilege(n.oid, 'USAGE')
                    AND (pg_has_role(c.relowner, 'USAGE') OR has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')) AS allowed
             FROM pgtrickle_data.dependencies d JOIN pgtrickle_data.sources s USING (source_id) JOIN pg_class c ON c.oid = s.relid
             JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE d.id = ANY (ids) AND d.upstream IS NULL ORDER BY c.oid LOOP
        IF r.allowed THEN
            EXECUTE format('LOCK TABLE %I.%I IN SHARE MODE', r.nspname, r.relname);
        ELSE
            schema := r.nspname;
            name := r.relname;
            relation := r.oid;
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;

-- Whether `role_` may read what view `definition` names, as PostgreSQL would judge when the view is run.
CREATE FUNCTION pgtrickle_data.may_read(definition oid, role_ oid) RETURNS bool
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT NOT EXISTS (
        SELECT FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
        WHERE w.ev_class = definition AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> definition
          AND NOT CASE WHEN d.refobjsubid > 0 THEN has_column_privilege(role_, d.refobjid, d.refobjsubid::int2, 'SELECT')
                       ELSE has_any_column_privilege(role_, d.refobjid, 'SELECT') END)
$$;

-- Rights on the columns of storages follow those on the facades: whoever may not read another's facade any more has no use
-- for its storage, and whoever may again needs it. (What is only maintained by FULL reads the facades themselves.)
CREATE FUNCTION pgtrickle_data.follow_rights() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    r record;
BEGIN
    IF NOT pg_try_advisory_xact_lock(2003134834, 0) THEN
        RETURN;
    END IF;
    FOR r IN
        WITH readers AS (
            SELECT u.storage, t.owner, d.attnums, t.definition
            FROM pgtrickle_data.dependencies d JOIN pgtrickle_data.stream_tables t USING (id)
            JOIN pgtrickle_data.stream_tables u ON u.id = d.upstream
            WHERE t.differential AND u.owner <> t.owner AND t.owner <> current_user::regrole
        ),
        wanted AS (
            SELECT DISTINCT storage, owner, unnest(attnums)::int2 AS attnum, true AS wanted
            FROM readers WHERE pgtrickle_data.may_read(definition, owner)
        ),
        given AS (
            SELECT a.attrelid AS storage, x.grantee AS owner, a.attnum, true AS given
            FROM pgtrickle_data.stream_tables t JOIN pg_attribute a ON a.attrelid = t.storage AND a.attacl IS NOT NULL
            CROSS JOIN LATERAL aclexplode(a.attacl) x WHERE x.privilege_type = 'SELECT'
        )
        SELECT d.storage::regclass AS storage, pg_get_userbyid(d.owner) AS role, d.wanted, string_agg(quote_ident(a.attname), ', ') AS columns
        FROM (SELECT storage, owner, attnum, coalesce(wanted, false) AS wanted FROM wanted FULL JOIN given USING (storage, owner, attnum)
              WHERE wanted IS NULL OR given IS NULL) d
        JOIN pg_attribute a ON a.attrelid = d.storage AND a.attnum = d.attnum
        GROUP BY d.storage, d.owner, d.wanted
    LOOP
        EXECUTE format(CASE WHEN r.wanted THEN 'GRANT SELECT (%s) ON %s TO %I' ELSE 'REVOKE SELECT (%s) ON %s FROM %I' END,
                       r.columns, r.storage, r.role);
    END LOOP;
END $$;

-- A stream table that is computed anew each time read a view that was replaced. Which tables it reads now is known, but they were not
-- captured from the start: from now on it is refreshed whenever it is due.
CREATE FUNCTION pgtrickle_data.follow_views(stream_table bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
    UPDATE pgtrickle_data.stream_tables t
    SET views = w.views, views_mark = pgtrickle_data.views_mark(w.views), opaque_sources = true
    FROM pgtrickle_data.stream_tables o, pgtrickle_data.views_below(o.definition) w(views)
    WHERE t.id = stream_table AND o.id = t.id;
    INSERT INTO pgtrickle_data.catalog_version DEFAULT VALUES;
END $$;

-- Old rows of the history and of catalog versions.
CREATE FUNCTION pgtrickle_data.prune() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    DELETE FROM pgtrickle_data.catalog_version WHERE version < (SELECT max(version) FROM pgtrickle_data.catalog_version);
    -- The newest thousand of each stream table are kept.
    DELETE FROM pgtrickle_data.history h USING (
        SELECT t.id, (SELECT x.refresh_id FROM pgtrickle_data.history x WHERE x.id = t.id ORDER BY x.refresh_id DESC OFFSET 1000 LIMIT 1) AS last
        FROM pgtrickle_data.stream_tables t) o
    WHERE h.id = o.id AND h.refresh_id <= o.last;
$$;
