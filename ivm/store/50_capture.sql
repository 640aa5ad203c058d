-- Capture: what changes on a source is written to its change buffer by statement-level triggers.
--
-- Columns of a buffer are called c<attnum>, and the trigger function names the columns of its transition tables by
-- position, so that renaming a column of a source disturbs nothing. Dropping one shifts positions: `layout` remembers which
-- columns there were, mend_capture() notices.
--
-- A statement fires the triggers of the table it names, with the rows of all that is below it in that table's columns. So the partitions or
-- children of a source have triggers too, which write to the same buffer; `family` remembers which they were.

-- The number of relation's change buffer; a new one when it has none yet.
CREATE FUNCTION pgtrickle_data.source_for(relation oid, storage bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_ bigint;
BEGIN
    SELECT s.source_id INTO found_ FROM pgtrickle_data.sources s WHERE s.relid = relation OR s.storage_of = storage;
    IF found_ IS NULL THEN
        INSERT INTO pgtrickle_data.sources (source_id, relid, storage_of)
        VALUES (nextval('pgtrickle_data.source_id'), relation, storage) RETURNING source_id INTO found_;
    END IF;
    RETURN found_;
END $$;

-- The columns of a table, by position, under the names that trigger functions of a source use: weir_<attnum of the source>, or
-- of what only a child has, weir_x<n>.
CREATE FUNCTION pgtrickle_data.positions(source_relation oid, relation oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(CASE WHEN s.attnum IS NOT NULL THEN 'weir_' || s.attnum ELSE 'weir_x' || a.attnum END, ', ' ORDER BY a.attnum)
    FROM pg_attribute a
    LEFT JOIN pg_attribute s ON s.attrelid = source_relation AND s.attname = a.attname AND s.attnum > 0 AND NOT s.attisdropped
    WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
$$;

-- The name of the trigger function for a table of a source's family: one for all whose columns come in the source's order.
CREATE FUNCTION pgtrickle_data.capture_function(source bigint, relation oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT format(CASE WHEN pgtrickle_data.positions(s.relid, relation) = pgtrickle_data.positions(s.relid, s.relid)
                       THEN 'capture_%s' ELSE 'capture_%s_%s' END, source, relation)
    FROM pgtrickle_data.sources s WHERE s.source_id = source
$$;

-- The trigger functions of a source, writing into its current generation.
--
-- A write of a user never fails because of weir: if the buffer cannot take the rows (a column of the source was dropped,
-- and nobody has mended capture yet), a reset marker says that everything has to be read again.
CREATE FUNCTION pgtrickle_data.build_capture(source bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
    s pgtrickle_data.sources;
    f record;
    buffer_columns text;
BEGIN
    SELECT * INTO s FROM pgtrickle_data.sources WHERE source_id = source;
    SELECT string_agg(', c' || a, '' ORDER BY a) INTO buffer_columns FROM unnest(s.attnums) a;
    FOR f IN SELECT DISTINCT pgtrickle_data.capture_function(source, m) AS name, pgtrickle_data.positions(s.relid, m) AS positions
             FROM (SELECT s.relid UNION SELECT pgtrickle_data.descendants(s.relid)) o(m) LOOP
        EXECUTE format($ddl$
CREATE OR REPLACE FUNCTION pgtrickle_data.%6$s() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $weir$
BEGIN
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            INSERT INTO %2$s (weir_w%3$s)
            SELECT -1%4$s FROM weir_old AS r(%5$s) UNION ALL SELECT 1%4$s FROM weir_new AS r(%5$s);
        ELSIF TG_OP = 'INSERT' THEN
            INSERT INTO %2$s (weir_w%3$s) SELECT 1%4$s FROM weir_new AS r(%5$s);
        ELSIF TG_OP = 'DELETE' THEN
            INSERT INTO %2$s (weir_w%3$s) SELECT -1%4$s FROM weir_old AS r(%5$s);
        ELSE
            INSERT INTO %2$s (weir_w) VALUES (0);
        END IF;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    EXCEPTION WHEN syntax_error_or_access_rule_violation OR data_exception OR feature_not_supported OR integrity_constraint_violation THEN
        INSERT INTO %2$s (weir_w) VALUES (0);
    END;
    IF current_setting('weir.session', true) <> '' THEN
        RAISE INFO USING ERRCODE = 'WR002', MESSAGE = '%1$s ' || pg_current_xact_id()::text;
    END IF;
    RETURN NULL;
END $weir$
$ddl$, source, format('pgtrickle_data.changes_%s_%s', source, s.generation), buffer_columns,
                       replace(buffer_columns, ', c', ', r.weir_'), f.positions, f.name);
        EXECUTE format('REVOKE ALL ON FUNCTION pgtrickle_data.%s() FROM PUBLIC', f.name);
    END LOOP;
END $f$;

-- The statements that put a source's triggers on its table and the family of that, and who is to run them: the table's owner may have
-- them fire always, so owners come first. Each waits for the table's writers, and keeps new ones away until the transaction ends.
CREATE FUNCTION pgtrickle_data.capture_ddl(source bigint, reader oid) RETURNS TABLE (ddl text, as_weir bool)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH tables AS (
        SELECT m AS relation, m = s.relid AS first, format('%I.%I', n.nspname, c.relname) AS name,
               CASE WHEN m = s.relid THEN '' ELSE '_' || source END AS suffix, pgtrickle_data.capture_function(source, m) AS function,
               pgtrickle_data.may(w.nspowner, m, 'OWN') OR (pgtrickle_data.may(w.nspowner, m, 'TRIGGER')
                   AND NOT pg_has_role(reader, c.relowner, 'USAGE')) AS as_weir,
               pgtrickle_data.may(w.nspowner, m, 'OWN') AS weir_owns, pg_has_role(reader, c.relowner, 'USAGE') AS reader_owns,
               pg_get_userbyid(reader) AS reader_name, w.nspowner = reader AS is_weir
        FROM pgtrickle_data.sources s CROSS JOIN LATERAL (SELECT s.relid UNION SELECT pgtrickle_data.descendants(s.relid)) o(m)
        JOIN pg_class c ON c.oid = m JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_namespace w ON w.nspname = 'pgtrickle_data'
        WHERE s.source_id = source
    ),
    triggers(n, event, transition) AS (VALUES
        (1, 'INSERT', 'REFERENCING NEW TABLE AS weir_new'),
        (2, 'UPDATE', 'REFERENCING OLD TABLE AS weir_old NEW TABLE AS weir_new'),
        (3, 'DELETE', 'REFERENCING OLD TABLE AS weir_old'),
        (4, 'TRUNCATE', '')
    ),
    statements(relation, first, n, step, ddl, as_weir) AS (
        SELECT relation, first, 0, 0, format('GRANT EXECUTE ON FUNCTION pgtrickle_data.%I() TO %I', function, reader_name), true
        FROM tables WHERE NOT as_weir AND NOT is_weir
        UNION ALL
        SELECT relation, first, n, 0, format('CREATE OR REPLACE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION pgtrickle_data.%I()',
               format('weir_capture_%s%s', lower(event), suffix), event, name, transition, function), as_weir
        FROM tables, triggers
        UNION ALL
        SELECT relation, first, n, 1, format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER %I', name, format('weir_capture_%s%s', lower(event), suffix)), as_weir
        FROM tables, triggers WHERE CASE WHEN as_weir THEN weir_owns ELSE reader_owns END
        UNION ALL
        SELECT relation, first, 5, 0, format('REVOKE EXECUTE ON FUNCTION pgtrickle_data.%I() FROM %I', function, reader_name), true
        FROM tables WHERE NOT as_weir AND NOT is_weir
    )
    SELECT ddl, as_weir FROM statements ORDER BY NOT first, relation, n, step
$$;

-- Captures columns `attnums` of a source besides those captured already. True when its triggers have to be created (again):
-- creating a trigger waits for the writers, and with them goes the last one that did not write the new columns.
CREATE FUNCTION pgtrickle_data.widen_capture(source bigint, attnums int[]) RETURNS bool
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s pgtrickle_data.sources;
    added int[];
    fresh bool;
    ddl text;
    patience text := current_setting('lock_timeout');
BEGIN
    SELECT * INTO s FROM pgtrickle_data.sources WHERE source_id = source FOR UPDATE;
    fresh := to_regclass(format('pgtrickle_data.changes_%s_0', source)) IS NULL; -- it may have been captured without any column
    added := ARRAY(SELECT unnest(attnums) EXCEPT SELECT unnest(s.attnums) ORDER BY 1);
    IF added = '{}' AND NOT fresh THEN
        RETURN false;
    END IF;
    -- A writer locks the source, and its trigger then the buffer: in the same order here, or this would be a deadlock, and the writer the
    -- one to lose. Where weir may not lock the source, it gives up before the server looks for deadlocks.
    IF NOT fresh AND (SELECT pg_has_role(c.relowner, 'USAGE') OR has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')
                      FROM pg_class c WHERE c.oid = s.relid) THEN
        EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', s.relid::regclass);
    ELSIF NOT fresh THEN
        PERFORM set_config('lock_timeout', '500ms', true);
    END IF;
    IF NOT fresh AND NOT pgtrickle_data.capture_fits(source) THEN
        PERFORM pgtrickle_data.mark_void(source);
    END IF;
    UPDATE pgtrickle_data.sources u
    SET attnums = ARRAY(SELECT unnest(s.attnums) UNION SELECT unnest(added) ORDER BY 1),
        layout = pgtrickle_data.current_layout(s.relid), natts = (SELECT relnatts FROM pg_class WHERE oid = s.relid),
        -- Of one that is captured already, who left its family has to be told first: that is mended by the next refresh.
        family = CASE WHEN fresh THEN pgtrickle_data.family(s.relid) ELSE u.family END
    WHERE u.source_id = source;
    FOR g IN 0 .. 1 LOOP
        IF fresh THEN
            EXECUTE format('CREATE TABLE pgtrickle_data.changes_%1$s_%2$s (weir_w smallint NOT NULL,
                weir_seq bigint NOT NULL DEFAULT nextval(''pgtrickle_data.change_seq''),
                weir_xid xid8 NOT NULL DEFAULT pg_current_xact_id())', source, g);
            EXECUTE format('CREATE INDEX ON pgtrickle_data.changes_%s_%s (weir_xid)', source, g);
        END IF;
        SELECT string_agg(format('ADD COLUMN c%s %s%s', a.attnum, format_type(a.atttypid, a.atttypmod),
                                 CASE WHEN a.attcollation NOT IN (0, t.typcollation)
                                      THEN format(' COLLATE %I.%I', n.nspname, c.collname) ELSE '' END), ', ' ORDER BY a.attnum)
        INTO ddl
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation c ON c.oid = a.attcollation
        LEFT JOIN pg_namespace n ON n.oid = c.collnamespace
        WHERE a.attrelid = s.relid AND a.attnum = ANY (added);
        IF ddl IS NOT NULL THEN
            EXECUTE format('ALTER TABLE pgtrickle_data.changes_%s_%s %s', source, g, ddl);
        END IF;
    END LOOP;
    PERFORM set_config('lock_timeout', patience, true);
    PERFORM pgtrickle_data.build_capture(source);
    RETURN true;
END $$;

-- Everything before is void for the readers of this source.
CREATE FUNCTION pgtrickle_data.mark_void(source bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('INSERT INTO pgtrickle_data.changes_%s_%s (weir_w) VALUES (0)', source,
                   (SELECT generation FROM pgtrickle_data.sources WHERE source_id = source));
END $$;

-- Whether tables have come to or gone from a source's family since its triggers were made. Nearly always there is none.
CREATE FUNCTION pgtrickle_data.family_moved(source bigint) RETURNS bool
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    s pgtrickle_data.sources;
BEGIN
    SELECT * INTO s FROM pgtrickle_data.sources WHERE source_id = source;
    IF s.family = '' AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = s.relid)
       AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = s.relid) THEN
        RETURN false;
    END IF;
    RETURN s.family IS DISTINCT FROM pgtrickle_data.family(s.relid);
END $$;

-- The same of partitions as they are at this moment, not as of the transaction's snapshot: what a query reads goes by that.
CREATE FUNCTION pgtrickle_data.partitions_moved(source bigint) RETURNS bool
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT CASE WHEN c.relkind = 'p'
                THEN s.family IS DISTINCT FROM (SELECT coalesce(string_agg(p.relid::oid::text, ', ' ORDER BY p.relid::oid), '')
                                                FROM pg_partition_tree(s.relid) p WHERE p.relid <> s.relid)
                ELSE false END
    FROM pgtrickle_data.sources s JOIN pg_class c ON c.oid = s.relid WHERE s.source_id = source
$$;

-- Whether the columns of a source are still where its trigger function expects them, and its family has its triggers. New
-- columns at the end do no harm.
CREATE FUNCTION pgtrickle_data.capture_fits(source bigint) RETURNS bool
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT pgtrickle_data.current_layout(s.relid) || ' ' LIKE s.layout || ' %' AND to_regprocedure(format('pgtrickle_data.capture_%s()', source)) IS NOT NULL
           AND NOT pgtrickle_data.family_moved(source)
    FROM pgtrickle_data.sources s WHERE s.source_id = source
$$;

-- Those that left a source's family write no more to its buffer: their triggers call what does nothing, which waits for their writers
-- and asks for the right to create triggers only; and are dropped where weir may.
CREATE FUNCTION pgtrickle_data.release_family(source bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $f$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT c.oid AS relation, n.nspname, c.relname, t.tgname, upper(split_part(t.tgname, '_', 3)) AS event
             FROM pg_proc p JOIN pg_trigger t ON t.tgfoid = p.oid JOIN pg_class c ON c.oid = t.tgrelid
             JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE p.pronamespace = 'pgtrickle_data'::regnamespace AND p.proname ~ format('^capture_%s(_\d+)?$', source)
               AND c.oid <> (SELECT relid FROM pgtrickle_data.sources WHERE source_id = source)
               AND c.oid NOT IN (SELECT d FROM pgtrickle_data.sources s, pgtrickle_data.descendants(s.relid) d WHERE s.source_id = source) LOOP
        EXECUTE format('CREATE OR REPLACE FUNCTION pgtrickle_data.capture_%s_nothing() RETURNS trigger LANGUAGE plpgsql AS $n$BEGIN RETURN NULL; END $n$',
                       source);
        EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER %s ON %I.%I FOR EACH STATEMENT EXECUTE FUNCTION pgtrickle_data.capture_%s_nothing()',
                       r.tgname, r.event, r.nspname, r.relname, source);
        IF pgtrickle_data.may(current_user::regrole, r.relation, 'OWN') THEN
            EXECUTE format('DROP TRIGGER %I ON %I.%I', r.tgname, r.nspname, r.relname);
        END IF;
    END LOOP;
END $f$;

-- Makes capture of a source fit what the source is now, and says whether it does. In a transaction of its own, before the snapshot of the
-- refresh that reads everything again: writers that were captured wrongly, or not at all, have ended then. It does not keep
-- users waiting for long; when it cannot be done, refreshes are full ones until it can.
CREATE FUNCTION pgtrickle_data.mend_capture(source bigint) RETURNS bool
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r record;
    me oid := current_user::regrole;
    may_put bool := (SELECT pgtrickle_data.no_capture(relid, me) IS NULL FROM pgtrickle_data.sources WHERE source_id = source);
    patience text := current_setting('lock_timeout');
BEGIN
    IF NOT may_put AND pgtrickle_data.family_moved(source) THEN
        RETURN false;
    END IF;
    BEGIN
        PERFORM set_config('lock_timeout', '500ms', true);
        PERFORM pg_advisory_xact_lock(2003134834, 0);
        IF pgtrickle_data.capture_fits(source) THEN
            RETURN true;
        END IF;
        UPDATE pgtrickle_data.sources u
        SET layout = pgtrickle_data.current_layout(u.relid), natts = (SELECT relnatts FROM pg_class WHERE oid = u.relid),
            family = pgtrickle_data.family(u.relid) WHERE u.source_id = source;
        PERFORM pgtrickle_data.build_capture(source);
        -- Where only the owner of the stream table may, the triggers are there already: it made them.
        FOR r IN SELECT c.ddl FROM pgtrickle_data.capture_ddl(source, me) c WHERE may_put LOOP
            EXECUTE r.ddl;
        END LOOP;
        IF may_put THEN
            PERFORM pgtrickle_data.release_family(source);
        END IF;
        PERFORM pgtrickle_data.mark_void(source);
        INSERT INTO pgtrickle_data.catalog_version DEFAULT VALUES;
    EXCEPTION WHEN lock_not_available OR insufficient_privilege OR deadlock_detected OR undefined_table THEN
        RETURN false;
    END;
    PERFORM set_config('lock_timeout', patience, true);
    RETURN true;
END $$;

-- View pending_<id>_<source>: the buffer's rows that storage `id` has not consumed, under the source's column names.
-- The frontier comes in as scalar subqueries, evaluated once per statement and for both generations (which is why the arms
-- have no conditions of their own: such a UNION ALL the planner takes apart, and pushes these ones down). The planner guesses a third of the buffer for
-- the bound on weir_xid, which is right when most of it is pending and too much otherwise: LIMIT in the statements that read
-- it says what is true. (With a guess too low, joins with a delta of thousands become nested loops.)
-- Nearly all that is pending is of transactions that began after the frontier was taken: two comparisons settle those.
-- Of the transaction that moved the frontier itself, weir_seq alone tells: a snapshot never lists the transaction that took it
-- as running, so as soon as a later one has begun it says that all of its own changes are in.
CREATE FUNCTION pgtrickle_data.create_pending(id bigint, source bigint, relation oid, attnums int[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
    shown text;
    kept text;
    arms text;
BEGIN
    SELECT string_agg(format(', b.c%s AS %I', a.attnum, a.attname), '' ORDER BY a.attnum),
           string_agg(format(', c%s', a.attnum), '' ORDER BY a.attnum) INTO shown, kept
    FROM pg_attribute a WHERE a.attrelid = relation AND a.attnum = ANY (attnums);
    SELECT string_agg(format('SELECT weir_w, weir_seq, weir_xid%s FROM pgtrickle_data.changes_%s_%s', kept, source, g), ' UNION ALL ')
    INTO arms FROM generate_series(0, 1) g;
    EXECUTE format($view$
CREATE VIEW pgtrickle_data.pending_%1$s_%2$s AS SELECT b.weir_w%3$s FROM (%4$s) b
WHERE b.weir_xid >= (SELECT pg_snapshot_xmin(frontier) FROM pgtrickle_data.state WHERE id = %1$s)
  AND (b.weir_xid > (SELECT greatest(pg_snapshot_xmax(frontier), own_xid) FROM pgtrickle_data.state WHERE id = %1$s)
       OR NOT CASE WHEN b.weir_xid = (SELECT coalesce(own_xid, '0'::xid8) FROM pgtrickle_data.state WHERE id = %1$s)
                   THEN b.weir_seq <= (SELECT coalesce(own_seq, 0) FROM pgtrickle_data.state WHERE id = %1$s)
                   ELSE pg_visible_in_snapshot(b.weir_xid, (SELECT frontier FROM pgtrickle_data.state WHERE id = %1$s)) END)
$view$, id, source, coalesce(shown, ''), arms);
END $f$;

-- Columns of sources that were renamed get their new names in the pending views too. And where columns went away, though their number in
-- the catalog is what it was, the next refresh looks closely.
CREATE FUNCTION pgtrickle_data.follow_renames() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r record;
BEGIN
    UPDATE pgtrickle_data.sources s SET natts = -1
    WHERE s.attnums <> '{}' AND s.natts <> -1 AND NOT pgtrickle_data.capture_fits(s.source_id);
    FOR r IN
        WITH named AS (
            SELECT v.oid AS view, v.relname, p.attname AS shown, a.attname AS actual
            FROM pgtrickle_data.dependencies d JOIN pgtrickle_data.sources s USING (source_id)
            JOIN pg_class v ON v.relname = format('pending_%s_%s', d.id, d.source_id) AND v.relnamespace = 'pgtrickle_data'::regnamespace
            CROSS JOIN LATERAL (SELECT x, row_number() OVER (ORDER BY x) AS n FROM unnest(d.attnums) x) k
            JOIN pg_attribute a ON a.attrelid = s.relid AND a.attnum = k.x AND NOT a.attisdropped
            JOIN pg_attribute p ON p.attrelid = v.oid AND p.attnum = k.n + 1
        )
        -- First out of the way, then to the new name: two columns may have changed places.
        SELECT relname, shown AS old_name, 'weir_renamed_' || row_number() OVER () AS new_name, 1 AS step FROM named WHERE shown <> actual
        UNION ALL
        SELECT relname, 'weir_renamed_' || row_number() OVER (), actual, 2 FROM named WHERE shown <> actual
        ORDER BY step
    LOOP
        EXECUTE format('ALTER VIEW pgtrickle_data.%I RENAME COLUMN %I TO %I', r.relname, r.old_name, r.new_name);
    END LOOP;
END $$;

-- Writers go on in the other generation. Those that hold the old trigger function may write on in this one for a moment:
-- pending views read both.
CREATE FUNCTION pgtrickle_data.rotate(source bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE pgtrickle_data.sources SET generation = 1 - generation WHERE source_id = source;
    PERFORM pgtrickle_data.build_capture(source);
END $$;

-- True when no reader of a source still needs a row of this generation. A reader being created has no frontier yet and needs
-- them all. Suspended readers need none: they rebuild when they are resumed.
CREATE FUNCTION pgtrickle_data.is_consumed(source bigint, generation int) RETURNS bool
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    answer bool;
BEGIN
    EXECUTE format($q$
        SELECT NOT EXISTS (
            SELECT FROM (SELECT weir_xid, max(weir_seq) AS weir_seq FROM pgtrickle_data.changes_%1$s_%2$s GROUP BY weir_xid) b,
                 pgtrickle_data.dependencies d JOIN pgtrickle_data.state s USING (id) JOIN pgtrickle_data.stream_tables t USING (id)
            WHERE d.source_id = %1$s AND t.status <> 'suspended'
              AND (s.frontier IS NULL
                   OR NOT CASE WHEN b.weir_xid = s.own_xid THEN b.weir_seq <= s.own_seq
                               ELSE pg_visible_in_snapshot(b.weir_xid, s.frontier) END))
    $q$, source, generation) INTO answer;
    RETURN answer;
END $$;

-- Empties a generation that everyone has passed; never waits for anybody, and says whether it did it.
CREATE FUNCTION pgtrickle_data.truncate_generation(source bigint, generation int) RETURNS bool
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    BEGIN
        EXECUTE format('LOCK TABLE pgtrickle_data.changes_%s_%s IN ACCESS EXCLUSIVE MODE NOWAIT', source, generation);
    EXCEPTION WHEN lock_not_available THEN
        RETURN false;
    END;
    -- A suspended reader loses rows here: it has to know, and a transaction with an old snapshot that is about to refresh it
    -- has to fail on this row rather than miss them.
    UPDATE pgtrickle_data.state s SET rebuild = true
    FROM pgtrickle_data.dependencies d JOIN pgtrickle_data.stream_tables t USING (id)
    WHERE d.source_id = source AND t.id = s.id AND t.status = 'suspended' AND NOT s.rebuild;
    -- The lock is held, so this statement's snapshot sees every row there can be.
    IF NOT pgtrickle_data.is_consumed(source, generation) THEN
        RETURN false;
    END IF;
    EXECUTE format('TRUNCATE pgtrickle_data.changes_%s_%s', source, generation);
    RETURN true;
END $$;

-- One source's share of housekeeping.
CREATE FUNCTION pgtrickle_data.tidy_source(source bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    current_ int;
    busy bigint;
    other_empty bool;
BEGIN
    -- Not while somebody changes the catalog: DDL may hold this for long, and housekeeping comes again.
    IF NOT pg_try_advisory_xact_lock(2003134834, 0) THEN
        RETURN;
    END IF;
    SELECT generation INTO current_ FROM pgtrickle_data.sources WHERE source_id = source AND attnums <> '{}';
    IF current_ IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM pgtrickle_data.changes_%s_%s)', source, 1 - current_) INTO other_empty;
    IF NOT other_empty AND pgtrickle_data.is_consumed(source, 1 - current_) THEN
        other_empty := pgtrickle_data.truncate_generation(source, 1 - current_);
    END IF;
    IF other_empty THEN
        EXECUTE format('SELECT count(*) FROM (SELECT FROM pgtrickle_data.changes_%s_%s LIMIT 10001) b', source, current_) INTO busy;
        IF busy > 10000 OR (busy > 0 AND pgtrickle_data.is_consumed(source, current_)) THEN
            PERFORM pgtrickle_data.rotate(source);
        END IF;
    END IF;
END $$;
