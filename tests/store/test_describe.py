"""What PostgreSQL's catalogs say of a query."""

import pytest


@pytest.fixture
def app(store):
    conn = store.connect("app")
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, a text, n numeric(10,2), ts timestamptz, j jsonb, arr int[], p point)")
    conn.execute("GRANT SELECT, TRIGGER ON t TO weir")
    conn.store = store
    yield conn
    conn.close()


def describe(app, query):
    app.execute("DROP VIEW IF EXISTS q")
    app.execute("CREATE VIEW q AS " + query)
    return app.store.weir.execute("SELECT canonical, refused, executor FROM pgtrickle_data.describe_query('public.q'::regclass)").fetchone()


def aggregates(app, query):
    describe(app, query)
    return app.store.weir.execute("SELECT aggregates FROM pgtrickle_data.describe_query('public.q'::regclass)").fetchone()[0]


@pytest.mark.parametrize("query, refused", [
    ("SELECT id, upper(a) FROM t WHERE n > 3", None),
    ("SELECT id, now() FROM t", "function now() is STABLE"),
    ("SELECT id, random() FROM t", "function random() is VOLATILE"),
    ("SELECT id, now(), random() FROM t", "function random() is VOLATILE"),
    ("SELECT id, current_date FROM t", "CURRENT_DATE and its like are STABLE"),
    ("SELECT id FROM t WHERE ts > timestamptz '2026-01-01'", None),
    ("SELECT id, ts + interval '1 month' FROM t", "operator + (timestamp with time zone, interval) is STABLE"),
    ("SELECT id, ts::text FROM t", "conversion from timestamp with time zone is STABLE"),
    ("SELECT id, a::timestamptz FROM t", "conversion to timestamp with time zone is STABLE"),
    ("SELECT id, n::text, id::text AS i FROM t", None),
    ("SELECT count(*) FILTER (WHERE now() > ts) FROM t", "function now() is STABLE"),
    ("SELECT id AS \":funcid 1299 \" FROM t", None),
    ("SELECT id, unnest(arr) FROM t", "function unnest() in the select list returns a set"),
    ("SELECT id, 1 + unnest(arr) AS u FROM t, generate_series(1, 2) g", "function unnest() in the select list returns a set"),
])
def test_refused(app, query, refused):
    assert describe(app, query)[1] == refused


def test_aggregates_of_users(app):
    app.execute("CREATE FUNCTION times(numeric, numeric) RETURNS numeric IMMUTABLE LANGUAGE sql AS 'SELECT $1 * $2';"
                "CREATE AGGREGATE product(numeric) (SFUNC = times, STYPE = numeric, INITCOND = '1');"
                "CREATE AGGREGATE public.sum(numeric) (SFUNC = times, STYPE = numeric, INITCOND = '1')")
    # Groups are read again for them: nothing to refuse, but code to be run as the owner.
    assert describe(app, "SELECT sum(n) AS s FROM t")[1:] == (None, False)
    assert describe(app, "SELECT a, 1 + product(n) AS p FROM t GROUP BY a")[1:] == (None, True)
    assert describe(app, "SELECT s FROM (SELECT sum(n) AS m, public.sum(n) AS s FROM t) x")[1:] == (None, True)
    assert describe(app, "SELECT a FROM t GROUP BY a HAVING product(n) > 1")[1:] == (None, True)
    app.execute("CREATE FUNCTION product(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1';"
                "CREATE AGGREGATE \"Odd, \"\"name\"(numeric) (SFUNC = times, STYPE = numeric);"
                "CREATE FUNCTION late(numeric, numeric) RETURNS numeric VOLATILE LANGUAGE sql AS 'SELECT $1 * $2';"
                "CREATE AGGREGATE restless(numeric) (SFUNC = late, STYPE = numeric)")
    assert aggregates(app, "SELECT sum(n) AS s FROM t") is None
    assert aggregates(app, "SELECT a, 1 + product(n) AS p FROM t GROUP BY a") == '"public"."product"'
    assert aggregates(app, "SELECT s FROM (SELECT sum(n) AS m, public.sum(n) AS s FROM t) x") == '"public"."sum"'
    assert aggregates(app, "SELECT a FROM t GROUP BY a HAVING product(n) > \"Odd, \"\"name\"(n)") == \
        '"public"."Odd, ""name","public"."product"'
    assert describe(app, "SELECT product(n) AS p FROM t")[1:] == (None, True)
    assert describe(app, "SELECT now(), product(n) AS p FROM t")[1] == "function now() is STABLE"
    assert describe(app, "SELECT product(n) AS p, max(product(n::text)) AS q FROM t")[1] == "product is an aggregate and a function"
    assert describe(app, "SELECT restless(n) AS p FROM t")[1] == "aggregate restless() is VOLATILE"


def test_json_of_types_with_one_form(app):
    assert describe(app, "SELECT json_agg(id) AS j, jsonb_object_agg(a, n) AS o FROM t")[1] is None
    assert describe(app, "SELECT jsonb_agg(ts) AS j FROM t")[1] == "function jsonb_agg() is STABLE"
    assert describe(app, "SELECT jsonb_agg(id) AS i, jsonb_agg(ts) AS j FROM t")[1] == "function jsonb_agg() is STABLE"
    assert describe(app, "SELECT json_object_agg(id, ARRAY[ts]) AS j FROM t")[1] == "function json_object_agg() is STABLE"


def test_executor(app):
    assert describe(app, "SELECT id FROM t")[2] is False
    assert describe(app, "SELECT query_to_xml('SELECT 1', true, true, '') FROM t")[2] is True
    app.execute("CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1'")
    assert describe(app, "SELECT f(id) FROM t") [1:] == (None, True)
    app.execute("CREATE INDEX ON t (f(id))")
    assert describe(app, "SELECT id FROM t")[2] is True  # the planner may evaluate it
    app.execute("DROP INDEX t_f_idx")
    app.execute("REVOKE SELECT ON t FROM weir")
    assert describe(app, "SELECT id FROM t")[2] is True


@pytest.mark.parametrize("ddl, why", [
    ("CREATE MATERIALIZED VIEW s AS SELECT * FROM t", "it is a materialized view"),
    ("CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE s PARTITION OF p DEFAULT", "it is a partition"),
    ("CREATE TABLE s (id int) PARTITION BY RANGE (id); CREATE TABLE kid PARTITION OF s DEFAULT; REVOKE ALL ON kid FROM app", '"kid", a part of it, is one on which neither'),
    ("CREATE TABLE s (id int) PARTITION BY RANGE (id); GRANT TRIGGER ON s TO weir; CREATE UNLOGGED TABLE kid PARTITION OF s DEFAULT", '"kid", a part of it, is unlogged'),
    ("CREATE UNLOGGED TABLE s (id int)", "it is unlogged"),
    ("CREATE TABLE s () INHERITS (t)", "it inherits from another table"),
    ("CREATE TABLE s (i int); CREATE TEMP TABLE kid () INHERITS (s)", '"kid", a part of it, is temporary'),
    ("CREATE TABLE s (i int); CREATE TABLE o (j int); CREATE TABLE kid () INHERITS (s, o)", '"kid", a part of it, inherits from another table too'),
    ("CREATE TABLE s (id int, weir_x int)", "it has a column whose name begins with weir_"),
    ("CREATE TABLE s (id int); REVOKE ALL ON s FROM app", "neither weir nor the owner"),
])
def test_no_capture(app, ddl, why):
    for statement in ddl.split(";"):
        app.execute(statement)
    app.execute("CREATE VIEW q AS SELECT 1 FROM s")
    rows = app.store.weir.execute("SELECT name, no_capture FROM pgtrickle_data.describe_relations('public.q'::regclass)").fetchall()
    assert [r for r in rows if r[0] == "s"][0][1].startswith(why)


def test_catalogs_cannot_be_captured(app):
    assert describe(app, "SELECT relname FROM pg_class")[1] == 'relation "pg_class": it is a system catalog'


def test_columns(app):
    cols = {r[1]: r for r in app.store.weir.execute("SELECT * FROM pgtrickle_data.describe_columns('t'::regclass)")}
    assert cols["id"][5:] == (True, True, True)
    assert cols["n"][2] == "numeric(10,2)"
    assert cols["n"][5:] == (False, True, False)   # 1.0 = 1.00
    assert cols["j"][5:] == (False, True, False)
    assert cols["arr"][5:] == (False, True, True)
    assert cols["p"][5:] == (False, False, False)


def test_row_security(app):
    app.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY")
    assert describe(app, "SELECT id FROM t")[1:] == (None, True)  # not for the owner, but weir's role would not see the rows
    app.execute("ALTER TABLE t FORCE ROW LEVEL SECURITY")
    assert describe(app, "SELECT id FROM t")[1] == 'row security of table "t"'


def test_canonical_text_is_qualified(app):
    app.execute("SET search_path = public")
    assert "FROM public.t" in describe(app, "SELECT * FROM t")[0]


def test_base_sources_go_through_views(app):
    app.execute("CREATE VIEW v1 AS SELECT id FROM t")
    app.execute("CREATE VIEW v2 AS SELECT v1.id FROM v1 JOIN pg_class ON true")
    describe(app, "SELECT * FROM v2")
    rows = app.store.weir.execute("SELECT name, watched, attnums FROM pgtrickle_data.base_sources('public.q'::regclass)").fetchall()
    assert ("t", True, "1") in rows
    assert ("pg_class", False) in [r[:2] for r in rows]


@pytest.mark.parametrize("type_, hashable", [
    ("int", True), ("int[]", True), ("point", False), ("point[]", False), ("json", False), ("xml", False), ("int4range", True),
    ("int4multirange", True), ("tsmultirange", True),
])
def test_hashable(app, type_, hashable):
    assert app.store.weir.execute("SELECT pgtrickle_data.hashable(%s::regtype)", [type_]).fetchone()[0] == hashable
