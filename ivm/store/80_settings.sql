-- The settings under which queries are run and described, whosever connection it is, so that values do not depend on a session:
-- what texts mean and how values are written, see the README. ivm_session_settings has the same list for weir's own
-- connections; a test compares them.
DO $settings$
DECLARE
    f regprocedure;
    s text;
BEGIN
    FOREACH f IN ARRAY ARRAY['pgtrickle.run(text, text, text)', 'pgtrickle.run_row(text, text, text)', 'pgtrickle.weir_pinned(text)',
                             'pgtrickle_data.describe_query(oid)', 'pgtrickle_data.describe_relations(oid)',
                             'pgtrickle_data.describe_all_columns(oid)', 'pgtrickle_data.describe_columns(oid)', 'pgtrickle_data.base_sources(oid)']::regprocedure[] LOOP
        FOREACH s IN ARRAY ARRAY[
            'standard_conforming_strings = on', 'DateStyle = ''ISO, MDY''', 'TimeZone = ''UTC''', 'timezone_abbreviations = ''Default''', 'IntervalStyle = ''postgres''',
            'extra_float_digits = 1', 'bytea_output = ''hex''', 'xmlbinary = ''base64''', 'xmloption = ''content''',
            'lc_monetary = ''C''', 'lc_numeric = ''C''', 'lc_time = ''C''', 'default_text_search_config = ''pg_catalog.simple''',
            'array_nulls = on', 'transform_null_equals = off', 'quote_all_identifiers = off', 'gin_fuzzy_search_limit = 0'] LOOP
            EXECUTE format('ALTER FUNCTION %s SET %s', f, s);
        END LOOP;
    END LOOP;
END $settings$;
