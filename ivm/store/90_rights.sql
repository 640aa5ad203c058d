-- What users may touch. Everything else in pgtrickle_data is weir's alone.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pgtrickle_data FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA pgtrickle_data FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA pgtrickle_data FROM PUBLIC;
-- Owners of stream tables ask these while they create one; they answer for views the asker could name.
GRANT EXECUTE ON FUNCTION pgtrickle_data.describe_query(oid), pgtrickle_data.describe_relations(oid),
    pgtrickle_data.describe_columns(oid), pgtrickle_data.describe_all_columns(oid), pgtrickle_data.base_sources(oid),
    pgtrickle_data.executor_ddl(bigint, oid) TO PUBLIC;
-- Fired by a COMMIT of anybody's; a trigger needs no EXECUTE.
GRANT USAGE ON SCHEMA pgtrickle TO PUBLIC;
GRANT SELECT ON pgtrickle.stream_tables_info, pgtrickle.weir_stream_tables TO PUBLIC;
-- Called by the view as its reader.
GRANT EXECUTE ON FUNCTION pgtrickle_data.named(), pgtrickle_data.mode_name(bool, text) TO PUBLIC;
