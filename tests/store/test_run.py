"""Running as weir over somebody else's connection, and who may not."""

import psycopg
import pytest

from conftest import mac


def test_run_needs_the_secret(store):
    with store.connect("app") as c:
        sql = "SELECT 1"
        with pytest.raises(psycopg.Error, match="own use"):
            c.execute("SELECT pgtrickle.run(%s, 'n', 'no')", [sql])
        with pytest.raises(psycopg.Error, match="own use"):
            c.execute("SELECT pgtrickle.run(%s, 'n', %s)", ["SELECT 2", mac(c, sql)])
        c.execute("SELECT pgtrickle.run(%s, 'n', %s)", [sql, mac(c, sql)])
        with store.connect("app") as other, pytest.raises(psycopg.Error, match="own use"):
            other.execute("SELECT pgtrickle.run(%s, 'n', %s)", [sql, mac(c, sql)])


def test_rows_come_as_text(store):
    with store.connect("app") as c:
        sql = "SELECT 1 AS a, NULL AS b, 'x,\"y' AS a, true AS t, current_user FROM generate_series(1, 2)"
        rows = c.execute("SELECT pgtrickle.run_row(%s, 'n', %s)", [sql, mac(c, sql)]).fetchall()
        assert rows == [(["1", None, 'x,"y', "true", "weir"],)] * 2


def test_several_statements(store):
    with store.connect("app") as c:
        sql = "CREATE TABLE pgtrickle_data.a (i int); CREATE INDEX ON pgtrickle_data.a (i); INSERT INTO pgtrickle_data.a VALUES (7)"
        c.execute("SELECT pgtrickle.run(%s, 'n', %s)", [sql, mac(c, sql)])
    assert store.weir.execute("SELECT i FROM pgtrickle_data.a").fetchone() == (7,)


def test_settings_end_with_the_call(store):
    with store.connect("app") as c:
        c.execute("SET DateStyle = 'German'")
        sql = "SELECT date '2026-01-31'"
        assert c.execute("SELECT pgtrickle.run_row(%s, 'n', %s)", [sql, mac(c, sql)]).fetchone() == (["2026-01-31"],)
        assert c.execute("SHOW DateStyle").fetchone()[0].startswith("German")


def test_nothing_of_weirs_is_open(store):
    with store.connect("bob") as c:
        for table in ("secret", "stream_tables", "state", "requests", "history"):
            with pytest.raises(psycopg.Error) as e:
                c.execute(f"SELECT * FROM pgtrickle_data.{table}")
            assert e.value.sqlstate == "42501"
        open_ = c.execute("""
            SELECT p.oid::regprocedure::text FROM pg_proc p
            WHERE p.pronamespace = 'pgtrickle_data'::regnamespace AND has_function_privilege('bob', p.oid, 'EXECUTE')
            ORDER BY 1""").fetchall()
        assert {o[0].split("(")[0] for o in open_} == {
            "pgtrickle_data." + f for f in ("base_sources", "describe_all_columns", "describe_columns", "describe_query",
                                            "describe_relations", "executor_ddl", "named", "mode_name")}


def test_definers_fix_their_search_path(store):
    loose = store.weir.execute("""
        SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.pronamespace IN ('pgtrickle'::regnamespace, 'pgtrickle_data'::regnamespace) AND p.prosecdef
          AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)""").fetchall()
    assert loose == []


def test_the_pinned_settings_are_those_of_the_maintenance_connections(store):
    """Whoever's connection a query runs over: one list in SQL, one in C."""
    import re

    from harness import ROOT

    text = (ROOT / "ivm/jobs/housekeeping.c").read_text()
    text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text[text.index("ivm_session_settings"):text.index("struct failure")]))
    ours = dict(re.findall(r"SET (\w+) = '?(.*?)'?(?:;|$)", text))
    pinned = store.weir.execute("SELECT p.proname, s FROM pg_proc p, unnest(p.proconfig) s"
                                " WHERE proname IN ('run', 'run_row', 'weir_pinned', 'describe_query')").fetchall()
    for name in ("run", "run_row", "weir_pinned", "describe_query"):
        theirs = dict(s.split("=", 1) for n, s in pinned if n == name)
        assert {"DateStyle", "TimeZone", "lc_monetary", "search_path"} <= set(theirs)
        shared = set(theirs) - {"row_security", "jit"}
        assert {k: v.replace('"', "") for k, v in theirs.items() if k in shared} == {k: ours[k] for k in shared}
