-- Running as weir over a connection that belongs to somebody else.
--
-- A statement is weir's when its mac was made with a secret only weir's role and weir itself know. It is bound to this
-- backend, and travels as a parameter. The settings are what every statement of weir expects; they end with the call. Those on which
-- values depend are in 80_settings.sql.

CREATE FUNCTION pgtrickle_data.check_mac(sql text, nonce text, mac text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pgtrickle_data.secret s
                   WHERE mac = encode(sha256(convert_to(s.secret || nonce || pg_backend_pid() || sql, 'UTF8')), 'hex'))
    THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'this function is for weir''s own use';
    END IF;
END $$;

CREATE FUNCTION pgtrickle.run(sql text, nonce text, mac text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET row_security = off SET jit = off SET random_page_cost = 1.1 SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM pgtrickle_data.check_mac(sql, nonce, mac);
    EXECUTE sql;
END $$;

-- The rows of a statement's result, each as an array of text.
CREATE FUNCTION pgtrickle.run_row(sql text, nonce text, mac text) RETURNS SETOF text[]
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET row_security = off SET jit = off SET random_page_cost = 1.1 SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    r record;
BEGIN
    PERFORM pgtrickle_data.check_mac(sql, nonce, mac);
    FOR r IN EXECUTE sql LOOP
        -- json, not jsonb: it keeps columns in order and twice the same name.
        RETURN NEXT ARRAY(SELECT c.value FROM json_each_text(row_to_json(r)) WITH ORDINALITY c(key, value, n) ORDER BY c.n);
    END LOOP;
END $$;

-- Runs a statement of weir's making as whoever calls: its constants must not be read by the caller's settings.
CREATE FUNCTION pgtrickle.weir_pinned(sql text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE sql;
END $$;

-- The maintainer's way to run a statement that calls an executor function. Inside a SECURITY DEFINER function
-- nobody can set role or session_authorization, not even after ALTER FUNCTION exec_<id> by its owner.
CREATE FUNCTION pgtrickle_data.apply(sql text) RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = auto AS $$
BEGIN
    RETURN QUERY EXECUTE sql;
END $$;

-- The text of executor function exec_<id>, which its owner creates. It runs a SELECT with the owner's rights:
--
--  - its body cannot be changed by the owner afterwards (that needs CREATE on the schema) but its attributes can
--    (ALTER FUNCTION), so the body trusts none of them: it checks that it runs as the owner before anything of
--    the owner's runs, with operators and functions named in full, as search_path may be the owner's too;
--  - nothing that the owner's code does outlives the call, for it runs in a subtransaction that is always rolled back, of which
--    only the rows it returned remain: no row that a deferred trigger would see as weir at COMMIT, no setting. It is
--    told so early: the subtransaction is read-only.
CREATE FUNCTION pgtrickle_data.executor_ddl(id bigint, owner oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $f$
    SELECT format($ddl$
CREATE FUNCTION pgtrickle_data.exec_%1$s(sql text) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET row_security = on AS $weir$
DECLARE
    complete bool := false;
BEGIN
    IF current_user OPERATOR(pg_catalog.<>) pg_catalog.pg_get_userbyid(%2$s) THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'executor function was tampered with';
    END IF;
    BEGIN
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        PERFORM pg_catalog.set_config('transaction_read_only', 'on', true);
        RETURN QUERY EXECUTE sql;
        complete := true;
        RAISE EXCEPTION USING ERRCODE = 'WR003', MESSAGE = 'to be rolled back';
    EXCEPTION WHEN SQLSTATE 'WR003' THEN
        -- Somebody else may know the code; nobody else can reach the variable.
        IF NOT complete THEN
            RAISE;
        END IF;
    END;
END $weir$
$ddl$, id, owner)
$f$;
