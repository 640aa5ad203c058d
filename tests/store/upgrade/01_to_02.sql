-- For test_upgrade.py alone: what a next version may have.
ALTER TABLE pgtrickle_data.stream_tables ADD COLUMN note text NOT NULL DEFAULT 'none';
CREATE FUNCTION pgtrickle.weir_note(name text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.note FROM pgtrickle_data.named() n JOIN pgtrickle_data.stream_tables t USING (id) WHERE n.name = weir_note.name
$$;
