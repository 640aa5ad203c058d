-- The schemas, and what weir remembers. Installed once per database, by weir's role, which owns everything.
-- The rights are given in 90_rights.sql; until then every function is PUBLIC's, in a transaction nobody sees.

CREATE SCHEMA pgtrickle;
CREATE SCHEMA pgtrickle_data;

-- One row, which the program writes.
CREATE TABLE pgtrickle_data.meta (schema_version int NOT NULL);

-- The highest number is the version of the catalog: a maintainer that loaded another one loads again. Rows are added,
-- never updated, as a transaction with an older snapshot could not update them.
CREATE TABLE pgtrickle_data.catalog_version (version bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
INSERT INTO pgtrickle_data.catalog_version DEFAULT VALUES;

-- The keys of the weir processes that work here, newest last. Each process has its own.
CREATE TABLE pgtrickle_data.secret (
    secret text PRIMARY KEY,
    used_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Ids of storages. Below 2^31, as they are halves of advisory lock keys too.
CREATE SEQUENCE pgtrickle_data.storage_id AS int;
CREATE SEQUENCE pgtrickle_data.source_id AS int;
-- Orders the rows of one transaction in all buffers. A session takes 64 at a time: cheap, and in order within
-- the session, which is all that is asked of it.
CREATE SEQUENCE pgtrickle_data.change_seq CACHE 64;

CREATE TABLE pgtrickle_data.stream_tables (
    id bigint PRIMARY KEY,
    parent bigint REFERENCES pgtrickle_data.stream_tables ON DELETE CASCADE, -- of a part
    part int NOT NULL,                       -- index of the plan in its compile
    owner oid NOT NULL,
    facade oid,                              -- NULL: a part, or not yet created
    definition oid NOT NULL,                 -- view def_<id>; a part has its parent's
    storage oid,
    query text NOT NULL,                     -- as the user wrote it
    canonical text NOT NULL,
    refresh_mode text NOT NULL,
    schedule text NOT NULL,
    schedule_ms bigint NOT NULL,             -- 0: calculated
    differential bool NOT NULL,
    reason text,                             -- why not differential
    executor bool NOT NULL,
    opaque_sources bool NOT NULL,            -- it may change though nothing is captured: refreshed whenever due
    views oid[] NOT NULL DEFAULT '{}',       -- read by its query, facades left out
    views_mark text,                         -- what they meant when it was created
    plan_kind int NOT NULL,
    argument_types text[],                   -- answers to the compiler's probe
    storage_ddl text NOT NULL,               -- a plan that asks for another storage does not fit this one
    delta_sql text,                          -- for explain_st
    tree text,
    status text NOT NULL CHECK (status IN ('creating', 'active', 'suspended')),
    suspended_reason text,
    diamond_consistency text NOT NULL,
    diamond_schedule_policy text NOT NULL,
    cdc_mode text NOT NULL,
    append_only bool NOT NULL,
    max_delta_fraction float8,
    creator_pid int,                         -- while creating: whose work it is
    creator_start timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON pgtrickle_data.stream_tables (parent);
CREATE UNIQUE INDEX ON pgtrickle_data.stream_tables (facade);
CREATE UNIQUE INDEX ON pgtrickle_data.stream_tables (storage);

-- Tables that refreshes look rows up in, each by one of these columns.
CREATE TABLE pgtrickle_data.lookups (
    id bigint NOT NULL REFERENCES pgtrickle_data.stream_tables ON DELETE CASCADE,
    relid oid NOT NULL,
    attnums int[] NOT NULL
);
CREATE INDEX ON pgtrickle_data.lookups (id);

-- What a refresh writes; apart from the rest so that it stays narrow and updates in place.
CREATE TABLE pgtrickle_data.state (
    id bigint PRIMARY KEY REFERENCES pgtrickle_data.stream_tables ON DELETE CASCADE,
    populated bool NOT NULL DEFAULT false,
    rebuild bool NOT NULL DEFAULT false,     -- the next refresh is a full one
    frontier pg_snapshot,
    own_xid xid8,
    own_seq bigint,
    epoch bigint NOT NULL DEFAULT 0,         -- refreshes of it, or of its diamond group
    refreshed_at timestamptz,
    errors int NOT NULL DEFAULT 0,           -- consecutive
    last_error text,
    retry_at timestamptz,
    diff_ms_per_row float8,                  -- running averages, by which AUTO chooses
    full_ms float8,
    full_seen bool NOT NULL DEFAULT false    -- full_ms is of full refreshes; else it is of the first filling
) WITH (fillfactor = 50);

CREATE TABLE pgtrickle_data.sources (
    source_id bigint PRIMARY KEY,
    relid oid UNIQUE,
    storage_of bigint UNIQUE,                -- it is the storage of this stream table
    attnums int[] NOT NULL DEFAULT '{}',     -- captured; empty: nothing is captured yet
    layout text NOT NULL DEFAULT '',         -- the relation's columns when capture was built
    natts int NOT NULL DEFAULT 0,            -- how many it had, dropped ones and all: while that is so, layout fits
    family text NOT NULL DEFAULT '',         -- its partitions or children when capture was built, see family()
    generation int NOT NULL DEFAULT 0        -- where capture writes
);

-- What a storage reads. Of a FULL-only stream table: what tells that it may have changed.
CREATE TABLE pgtrickle_data.dependencies (
    id bigint REFERENCES pgtrickle_data.stream_tables ON DELETE CASCADE,
    ordinal int,                             -- index of the plan's source
    source_id bigint NOT NULL REFERENCES pgtrickle_data.sources,
    upstream bigint REFERENCES pgtrickle_data.stream_tables, -- the source is the storage of this one
    attnums int[] NOT NULL,                  -- read by the plan
    key int[] NOT NULL,                      -- the source's key, empty when it has none
    PRIMARY KEY (id, ordinal)
);
CREATE INDEX ON pgtrickle_data.dependencies (source_id);
CREATE INDEX ON pgtrickle_data.dependencies (upstream);

CREATE TABLE pgtrickle_data.history (
    refresh_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bigint NOT NULL,                      -- a key to stream_tables would be checked by every refresh
    data_timestamp timestamptz,
    start_time timestamptz NOT NULL,
    end_time timestamptz,
    action text NOT NULL,
    status text NOT NULL,
    rows_inserted bigint NOT NULL DEFAULT 0,
    rows_updated bigint NOT NULL DEFAULT 0,
    rows_deleted bigint NOT NULL DEFAULT 0,
    changes bigint NOT NULL DEFAULT 0,       -- rows of buffers it consumed
    reason text,                             -- why FULL
    initiated_by text NOT NULL,
    error_message text
);
CREATE INDEX ON pgtrickle_data.history (id, refresh_id);

-- A request lives from the statement that made it until weir has carried it out, inside one transaction. One that is
-- still here at COMMIT was made where weir does not look (in a function called by the last statement of a
-- pipeline, say): the transaction must not pretend.
CREATE TABLE pgtrickle_data.requests (
    request bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);

CREATE FUNCTION pgtrickle_data.refuse_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM pgtrickle_data.requests r WHERE r.request = NEW.request) THEN
        RAISE EXCEPTION USING ERRCODE = '55000',
            MESSAGE = format('a request to %s a stream table was not carried out', NEW.kind),
            HINT = 'Call the function directly, or inside a transaction block (BEGIN ... COMMIT).';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER weir_refuse AFTER INSERT ON pgtrickle_data.requests
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pgtrickle_data.refuse_request();
