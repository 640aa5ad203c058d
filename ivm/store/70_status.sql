-- What users may read: functions and views over the catalog, for everyone, and only what harms nobody. Parts are weir's
-- own affair and are not shown.

-- Characters beyond ASCII, where the database's encoding has them.
CREATE FUNCTION pgtrickle_data.symbol(code int, plain text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
    RETURN CASE WHEN current_setting('server_encoding') = 'UTF8' THEN chr(code) ELSE plain END;
END $$;

CREATE FUNCTION pgtrickle_data.mode_name(differential bool, refresh_mode text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT CASE WHEN differential THEN 'DIFFERENTIAL' ELSE 'FULL' END
$$;

-- Stream tables with their names. One whose facade is gone has none and is not shown.
CREATE FUNCTION pgtrickle_data.named() RETURNS TABLE (id bigint, schema text, name text, facade oid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT t.id, n.nspname::text, c.relname::text, t.facade
    FROM pgtrickle_data.stream_tables t JOIN pg_class c ON c.oid = t.facade JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE t.parent IS NULL
$$;

-- What a stream table reads directly, its parts seen as itself: stream tables (kind 's') and tables ('t').
CREATE FUNCTION pgtrickle_data.reads() RETURNS TABLE (reader bigint, kind "char", node bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT DISTINCT coalesce(t.parent, t.id), CASE WHEN d.upstream IS NULL THEN 't' ELSE 's' END::"char",
           coalesce(u.parent, u.id, d.source_id)
    FROM pgtrickle_data.dependencies d JOIN pgtrickle_data.stream_tables t USING (id)
    LEFT JOIN pgtrickle_data.stream_tables u ON u.id = d.upstream
    WHERE coalesce(u.parent, u.id, 0) <> coalesce(t.parent, t.id)
$$;

-- Every ancestor of every stream table, itself included.
CREATE FUNCTION pgtrickle_data.ancestors() RETURNS TABLE (id bigint, kind "char", node bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH RECURSIVE r AS MATERIALIZED (SELECT * FROM pgtrickle_data.reads()),
    up(id, kind, node) AS (
        SELECT t.id, 's'::"char", t.id FROM pgtrickle_data.stream_tables t WHERE t.parent IS NULL
        UNION
        SELECT up.id, r.kind, r.node FROM up JOIN r ON up.kind = 's' AND r.reader = up.node
    )
    SELECT * FROM up
$$;

-- Members of diamonds: for each convergence point the stream tables that meet there and what lies between them and their
-- common ancestors. The same definition as in the scheduler.
CREATE FUNCTION pgtrickle_data.diamonds() RETURNS TABLE (convergence bigint, member bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH r AS MATERIALIZED (SELECT * FROM pgtrickle_data.reads() WHERE kind = 's'),
    a AS MATERIALIZED (SELECT * FROM pgtrickle_data.ancestors()),
    pairs AS (
        SELECT u.reader AS c, u.node AS u, v.node AS v
        FROM r u JOIN r v ON v.reader = u.reader AND u.node < v.node
        JOIN pgtrickle_data.stream_tables t ON t.id = u.reader AND t.diamond_consistency <> 'none'
    ),
    shared AS (
        SELECT p.c, p.u, p.v, x.kind, x.node
        FROM pairs p JOIN a x ON x.id = p.u JOIN a y ON y.id = p.v AND y.kind = x.kind AND y.node = x.node
    ),
    members AS (
        SELECT c, c AS m FROM shared UNION SELECT c, u FROM shared UNION SELECT c, v FROM shared
        UNION
        SELECT s.c, between_.node
        FROM shared s
        JOIN a between_ ON between_.id IN (s.u, s.v) AND between_.kind = 's'
        JOIN a above ON above.id = between_.node AND above.kind = s.kind AND above.node = s.node
        WHERE NOT EXISTS (SELECT FROM shared x WHERE x.c = s.c AND x.u = s.u AND x.v = s.v AND x.kind = 's' AND x.node = between_.node)
    )
    SELECT c, m FROM members
$$;

CREATE FUNCTION pgtrickle.diamond_groups()
RETURNS TABLE (group_id int, member_name text, member_schema text, is_convergence bool, epoch bigint, schedule_policy text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH RECURSIVE d AS MATERIALIZED (SELECT * FROM pgtrickle_data.diamonds()),
    -- Diamonds that share a member are one group, called by its smallest id.
    linked(id, other) AS (
        SELECT member, member FROM d
        UNION
        SELECT l.id, y.member FROM linked l JOIN d x ON x.member = l.other JOIN d y ON y.convergence = x.convergence
    ),
    grouped AS (SELECT id, min(other) AS leader FROM linked GROUP BY id),
    facts AS (
        SELECT g.leader, max(s.epoch) AS epoch,
               CASE WHEN bool_or(t.diamond_schedule_policy = 'slowest') FILTER (WHERE g.id IN (SELECT convergence FROM d))
                    THEN 'slowest' ELSE 'fastest' END AS policy
        FROM grouped g JOIN pgtrickle_data.state s USING (id) JOIN pgtrickle_data.stream_tables t USING (id)
        GROUP BY g.leader
    )
    SELECT dense_rank() OVER (ORDER BY g.leader)::int, n.name, n.schema, g.id IN (SELECT convergence FROM d), f.epoch, f.policy
    FROM grouped g JOIN facts f USING (leader) JOIN pgtrickle_data.named() n ON n.id = g.id
    ORDER BY g.leader, g.id
$$;

-- The notice for the creator of a convergence point; no row when it is none.
CREATE FUNCTION pgtrickle_data.diamond_notice(created bigint) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH branches AS (
        SELECT r.node AS branch FROM pgtrickle_data.reads() r WHERE r.reader = created AND r.kind = 's'
    ),
    via AS (
        SELECT a.node AS source, array_agg(DISTINCT b.branch ORDER BY b.branch) AS branches
        FROM branches b JOIN pgtrickle_data.ancestors() a ON a.id = b.branch AND a.kind = 't'
        GROUP BY a.node HAVING count(DISTINCT b.branch) > 1
    )
    SELECT format('stream table "%s" creates a diamond dependency via %s %s [%s]. Refresh scheduling will ensure frontier consistency.',
                  n.name,
                  (SELECT string_agg(format('"%s"', c.relname), ', ' ORDER BY v.source)
                   FROM via v JOIN pgtrickle_data.sources s ON s.source_id = v.source JOIN pg_class c ON c.oid = s.relid),
                  pgtrickle_data.symbol(8594, '->'),
                  (SELECT string_agg(format('"%s"', b.name), ', ' ORDER BY b.id)
                   FROM pgtrickle_data.named() b WHERE b.id IN (SELECT unnest(v.branches) FROM via v)))
    FROM pgtrickle_data.named() n JOIN pgtrickle_data.stream_tables t USING (id)
    WHERE n.id = created AND t.diamond_consistency <> 'none' AND EXISTS (SELECT FROM via)
$$;

-- The stream table that a user means by a name; with the user's search path, as the callers have none of their own.
CREATE FUNCTION pgtrickle.weir_find(name text, relation oid) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    id bigint := pgtrickle.weir_stream_table(relation);
BEGIN
    IF id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '42P01', MESSAGE = format('stream table "%s" does not exist', name);
    END IF;
    RETURN id;
END $$;

-- Whether storage `id` or a part of it has anything to consume.
CREATE FUNCTION pgtrickle_data.is_behind(stream_table bigint) RETURNS bool
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    r record;
    found_ bool;
BEGIN
    FOR r IN SELECT DISTINCT a.node AS id FROM pgtrickle_data.ancestors() a WHERE a.id = stream_table AND a.kind = 's' LOOP
        IF EXISTS (SELECT FROM pgtrickle_data.stream_tables t JOIN pgtrickle_data.state s USING (id)
                   WHERE (t.id = r.id OR t.parent = r.id)
                     AND (NOT s.populated OR s.rebuild OR t.opaque_sources
                          OR (t.views <> '{}' AND t.views_mark IS DISTINCT FROM pgtrickle_data.views_mark(t.views)))) THEN
            RETURN true;
        END IF;
    END LOOP;
    FOR r IN SELECT DISTINCT d.id, d.source_id
             FROM pgtrickle_data.ancestors() a JOIN pgtrickle_data.stream_tables t ON a.kind = 's' AND a.node IN (t.id, t.parent)
             JOIN pgtrickle_data.dependencies d ON d.id = t.id WHERE a.id = stream_table LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM pgtrickle_data.pending_%1$s_%2$s) OR pgtrickle_data.family_moved(%2$s)', r.id, r.source_id)
        INTO found_;
        IF found_ THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

-- data_timestamp: the moment as of which the stream table equals its query. Nothing pending: that is now.
CREATE FUNCTION pgtrickle.pgt_status()
RETURNS TABLE (name text, status text, refresh_mode text, is_populated bool, consecutive_errors int, schedule text,
               data_timestamp timestamptz, staleness interval, scc_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT n.schema || '.' || n.name,
           CASE WHEN t.status = 'suspended' THEN 'SUSPENDED' WHEN NOT s.populated THEN 'INITIALIZING' WHEN s.errors > 0 THEN 'ERROR' ELSE 'ACTIVE' END,
           pgtrickle_data.mode_name(t.differential, t.refresh_mode), s.populated, s.errors, t.schedule,
           w.at, CASE WHEN s.populated THEN clock_timestamp() - w.at END, NULL::int
    FROM pgtrickle_data.named() n JOIN pgtrickle_data.stream_tables t USING (id) JOIN pgtrickle_data.state s USING (id)
    CROSS JOIN LATERAL (SELECT CASE WHEN NOT s.populated THEN NULL WHEN pgtrickle_data.is_behind(n.id) THEN s.refreshed_at
                                    ELSE clock_timestamp() END AS at) w
    ORDER BY n.schema, n.name
$$;

CREATE VIEW pgtrickle.stream_tables_info AS
    SELECT n.id AS pgt_id, n.schema AS pgt_schema, n.name AS pgt_name, pg_get_userbyid(t.owner) AS owner,
           -- A query may tell of tables that its readers know nothing of.
           CASE WHEN pg_has_role(t.owner, 'USAGE') THEN t.query END AS defining_query,
           t.schedule, upper(t.refresh_mode) AS requested_mode, pgtrickle_data.mode_name(t.differential, t.refresh_mode) AS refresh_mode,
           CASE WHEN pg_has_role(t.owner, 'USAGE') THEN t.reason END AS full_reason, upper(t.status) AS status,
           CASE WHEN pg_has_role(t.owner, 'USAGE') THEN t.suspended_reason END AS suspended_reason, s.populated AS is_populated, s.epoch,
           s.refreshed_at, s.errors AS consecutive_errors, t.diamond_consistency, t.diamond_schedule_policy, t.created_at
    FROM pgtrickle_data.named() n JOIN pgtrickle_data.stream_tables t USING (id) JOIN pgtrickle_data.state s USING (id);

CREATE FUNCTION pgtrickle.weir_history(id bigint, max_rows int)
RETURNS TABLE (refresh_id bigint, data_timestamp timestamptz, start_time timestamptz, end_time timestamptz, action text, status text,
               rows_inserted bigint, rows_deleted bigint, duration_ms float8, error_message text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    -- A row that was updated is one that left and one that came. An error may quote data of the sources.
    SELECT h.refresh_id, h.data_timestamp, h.start_time, h.end_time, h.action, h.status, h.rows_inserted + h.rows_updated,
           h.rows_deleted + h.rows_updated, extract(epoch FROM h.end_time - h.start_time) * 1000,
           CASE WHEN pg_has_role(session_user, t.owner, 'USAGE') THEN coalesce(h.error_message, h.reason)
                WHEN h.error_message IS NOT NULL THEN '(for the owner)' END
    FROM pgtrickle_data.history h JOIN pgtrickle_data.stream_tables t USING (id) WHERE h.id = weir_history.id ORDER BY h.refresh_id DESC LIMIT max_rows
$$;

CREATE FUNCTION pgtrickle.get_refresh_history(name text, max_rows int DEFAULT 20)
RETURNS TABLE (refresh_id bigint, data_timestamp timestamptz, start_time timestamptz, end_time timestamptz, action text, status text,
               rows_inserted bigint, rows_deleted bigint, duration_ms float8, error_message text)
LANGUAGE sql STABLE AS $$
    SELECT h.* FROM pgtrickle.weir_history(pgtrickle.weir_find(name, pg_catalog.to_regclass(name)), max_rows) h
$$;

-- The tree of stream tables: roots are those that read no other stream table; below each one its readers, and the tables it
-- reads as leaves marked [src]. With a relation, only what is on a path through it.
CREATE FUNCTION pgtrickle.weir_tree(relation oid)
RETURNS TABLE (tree_line text, node text, node_type text, depth int, status text, refresh_mode text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH RECURSIVE edges AS MATERIALIZED (SELECT * FROM pgtrickle_data.reads()),
    above AS MATERIALIZED (SELECT * FROM pgtrickle_data.ancestors()),
    tables AS MATERIALIZED (
        SELECT n.id, (n.schema || '.' || n.name) COLLATE "default" AS label, upper(t.status) AS status,
               pgtrickle_data.mode_name(t.differential, t.refresh_mode) AS mode
        FROM pgtrickle_data.named() n JOIN pgtrickle_data.stream_tables t USING (id)
        WHERE relation IS NULL
           OR EXISTS (SELECT FROM above a WHERE a.id = n.id AND a.kind = 's' AND a.node = pgtrickle.weir_stream_table(relation))
           OR EXISTS (SELECT FROM above a WHERE a.id = pgtrickle.weir_stream_table(relation) AND a.kind = 's' AND a.node = n.id)
           OR EXISTS (SELECT FROM above a JOIN pgtrickle_data.sources s ON s.source_id = a.node
                      WHERE a.id = n.id AND a.kind = 't' AND s.relid = relation)
    ),
    children AS MATERIALIZED (
        SELECT e.node AS parent, 's'::"char" AS kind, t.id, t.label, t.status, t.mode
        FROM edges e JOIN tables t ON t.id = e.reader WHERE e.kind = 's'
        UNION ALL
        SELECT t.id, 't', e.node, format('%s.%s', n.nspname, c.relname) COLLATE "default", NULL, NULL
        FROM edges e JOIN tables t ON t.id = e.reader JOIN pgtrickle_data.sources s ON s.source_id = e.node
        JOIN pg_class c ON c.oid = s.relid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE e.kind = 't'
    ),
    placed AS (
        SELECT c.*, row_number() OVER w AS n, count(*) OVER (PARTITION BY c.parent) AS of
        FROM children c WINDOW w AS (PARTITION BY c.parent ORDER BY c.kind DESC, c.label)
    ),
    -- The strokes of the tree.
    strokes AS MATERIALIZED (
        SELECT pgtrickle_data.symbol(9492, '`') || repeat(pgtrickle_data.symbol(9472, '-'), 2) || ' ' AS last,
               pgtrickle_data.symbol(9500, '|') || repeat(pgtrickle_data.symbol(9472, '-'), 2) || ' ' AS inner_,
               pgtrickle_data.symbol(9474, '|') || '   ' AS down
    ),
    walk AS (
        SELECT t.id, 's'::"char" AS kind, t.label, t.status, t.mode, 0 AS depth, ''::text AS indent, ''::text AS branch,
               ARRAY[row_number() OVER (ORDER BY t.label)] AS path
        FROM tables t
        WHERE NOT EXISTS (SELECT FROM edges e JOIN tables u ON u.id = e.node WHERE e.reader = t.id AND e.kind = 's')
        UNION ALL
        SELECT p.id, p.kind, p.label, p.status, p.mode, w.depth + 1,
               w.indent || CASE WHEN w.depth = 0 THEN '' WHEN w.branch = x.last THEN '    ' ELSE x.down END,
               CASE WHEN p.n = p.of THEN x.last ELSE x.inner_ END, w.path || p.n
        FROM walk w CROSS JOIN strokes x JOIN placed p ON w.kind = 's' AND p.parent = w.id
    )
    SELECT indent || branch || label || CASE WHEN kind = 't' THEN ' [src]' ELSE '' END, label,
           CASE WHEN kind = 't' THEN 'source_table' ELSE 'stream_table' END, depth, status, mode
    FROM walk ORDER BY path
$$;

CREATE FUNCTION pgtrickle.dependency_tree(name text DEFAULT NULL)
RETURNS TABLE (tree_line text, node text, node_type text, depth int, status text, refresh_mode text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    relation pg_catalog.oid := pg_catalog.to_regclass(name);
BEGIN
    IF name IS NOT NULL AND relation IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '42P01', MESSAGE = pg_catalog.format('relation "%s" does not exist', name);
    END IF;
    RETURN QUERY SELECT t.* FROM pgtrickle.weir_tree(relation) t;
END $$;

-- Indexes that refreshes of a stream table would use if they were there, as CREATE INDEX takes them: table (column).
CREATE FUNCTION pgtrickle_data.missing_indexes(stream_table bigint) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT DISTINCT format('%I.%I (%s)', n.nspname, c.relname,
                           (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
                            WHERE a.attrelid = c.oid AND a.attnum = ANY (l.attnums)))
    FROM pgtrickle_data.stream_tables t JOIN pgtrickle_data.lookups l USING (id)
    JOIN pg_class c ON c.oid = l.relid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE (t.id = stream_table OR t.parent = stream_table)
      AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL
                                               AND i.indkey[0] = ANY (l.attnums))
    ORDER BY 1
$$;

-- For the owner: it tells of tables that others may know nothing of.
CREATE FUNCTION pgtrickle.weir_explain(stream_table bigint) RETURNS TABLE (property text, value text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    SELECT p.property, p.value
    FROM pgtrickle_data.named() n JOIN pgtrickle_data.stream_tables t USING (id) JOIN pgtrickle_data.state s USING (id)
    CROSS JOIN LATERAL (VALUES
        (1, 'pgt_name', n.schema || '.' || n.name),
        (2, 'defining_query', t.query),
        (3, 'canonical_query', t.canonical),
        (4, 'refresh_mode', pgtrickle_data.mode_name(t.differential, t.refresh_mode)),
        (5, 'refresh_mode_requested', upper(t.refresh_mode)),
        (6, 'full_reason', CASE WHEN NOT t.differential THEN t.reason END),
        (7, 'status', upper(t.status)),
        (8, 'suspended_reason', t.suspended_reason),
        (9, 'is_populated', s.populated::text),
        (10, 'schedule', t.schedule),
        (11, 'storage', (ARRAY['keyed', 'grouped', 'bag', 'sliced'])[t.plan_kind + 1]),
        (12, 'runs_as_owner', t.executor::text),
        (13, 'operator_tree', t.tree),
        (14, 'sources', (SELECT string_agg(format('%I.%I', cn.nspname, c.relname), ', ' ORDER BY c.relname)
                         FROM pgtrickle_data.reads() r LEFT JOIN pgtrickle_data.sources so ON r.kind = 't' AND so.source_id = r.node
                         LEFT JOIN pgtrickle_data.stream_tables u ON r.kind = 's' AND u.id = r.node
                         JOIN pg_class c ON c.oid = coalesce(so.relid, u.facade) JOIN pg_namespace cn ON cn.oid = c.relnamespace
                         WHERE r.reader = t.id)),
        (15, 'delta_query', (SELECT string_agg(coalesce(x.delta_sql, ''), E';\n\n' ORDER BY x.part)
                             FROM pgtrickle_data.stream_tables x WHERE x.id = t.id OR x.parent = t.id)),
        (16, 'frontier', s.frontier::text),
        (17, 'differential_ms_per_row', round(s.diff_ms_per_row::numeric, 6)::text),
        (18, 'full_ms', round(s.full_ms::numeric, 3)::text),
        (19, 'consecutive_errors', s.errors::text),
        (20, 'last_error', s.last_error),
        (21, 'missing_indexes', (SELECT string_agg(m, '; ') FROM pgtrickle_data.missing_indexes(t.id) m))
    ) p(n, property, value)
    WHERE t.id = stream_table AND pg_has_role(session_user, t.owner, 'USAGE') ORDER BY p.n
$$;

CREATE FUNCTION pgtrickle.explain_st(name text) RETURNS TABLE (property text, value text)
LANGUAGE sql STABLE AS $$
    SELECT e.* FROM pgtrickle.weir_explain(pgtrickle.weir_find(name, pg_catalog.to_regclass(name))) e
$$;
