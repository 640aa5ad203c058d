"""The functions users call: what they check, what they signal, what they refuse."""

import psycopg
import pytest

from conftest import lines

ERRORS = [
    ("SELECT pgtrickle.create_stream_table('x', 'SELECT 1', schedule => '* * * * *')", "0A000"),
    ("SELECT pgtrickle.create_stream_table('x', 'SELECT 1', schedule => '@hourly')", "0A000"),
    ("SELECT pgtrickle.create_stream_table('x', 'SELECT 1', schedule => 'on commit')", "0A000"),
    ("SELECT pgtrickle.create_stream_table('x', 'SELECT 1', schedule => 'soon')", "22023"),
    ("SELECT pgtrickle.create_stream_table('x', 'SELECT 1', schedule => '0s')", "22023"),
    ("SELECT pgtrickle.create_stream_table('x', 'SELECT 1', schedule => NULL)", "22023"),
    ("SELECT pgtrickle.create_stream_table('x', 'SELECT 1', refresh_mode => 'IMMEDIATE')", "0A000"),
    ("SELECT pgtrickle.create_stream_table('x', 'SELECT 1', refresh_mode => 'fast')", "22023"),
    ("SELECT pgtrickle.create_stream_table('x', 'SELECT 1', cdc_mode => 'wal')", "0A000"),
    ("SELECT pgtrickle.create_stream_table('x', 'SELECT 1', diamond_consistency => 'maybe')", "22023"),
    ("SELECT pgtrickle.create_stream_table('x', 'SELECT 1', max_delta_fraction => 7)", "22023"),
    ("SELECT pgtrickle.create_stream_table('x', '  ')", "22023"),
    ("SELECT pgtrickle.create_stream_table(NULL, 'SELECT 1')", "22023"),
    ("SELECT pgtrickle.create_stream_table('a.b.c', 'SELECT 1')", "42601"),
    ("SELECT pgtrickle.create_stream_table('a b', 'SELECT 1')", "22023"),
    ("SELECT pgtrickle.create_stream_table('nowhere.x', 'SELECT 1')", "3F000"),
    ("SELECT pgtrickle.create_stream_table('pgtrickle_data.x', 'SELECT 1')", "42939"),
    ("SELECT pgtrickle.create_stream_table('private.x', 'SELECT 1')", "42501"),
    ("SELECT pgtrickle.create_stream_table('plain', 'SELECT 1')", "42P07"),
    ("CALL pgtrickle.create_stream_table_statement('x', 'SELECT 1', NULL, '{\"speed\": 1}', false, true)", "22023"),
    ("SELECT pgtrickle.drop_stream_table('plain')", "42809"),
    ("SELECT pgtrickle.drop_stream_table('absent')", "42P01"),
    ("SELECT pgtrickle.refresh_stream_table('plain')", "42809"),
    ("SELECT pgtrickle.refresh_stream_table('absent')", "42P01"),
]


@pytest.fixture
def app(store):
    with store.connect("postgres") as c:
        c.execute("CREATE SCHEMA private")
    conn = store.connect("app", session=True)
    conn.execute("CREATE TABLE plain (id int)")
    yield conn
    conn.close()


@pytest.mark.parametrize("sql, sqlstate", ERRORS, ids=[e[0][17:70] for e in ERRORS])
def test_errors(app, sql, sqlstate):
    with pytest.raises(psycopg.Error) as e:
        app.execute(sql)
    assert e.value.sqlstate == sqlstate
    assert not app.signals


@pytest.mark.parametrize("text, ms", [("2s", 2000), ("1h30m", 5400000), ("500ms", 500), ("90", 90000), (" 5M ", 300000),
                                      ("calculated", 0), ("1d", 86400000)])
def test_schedules(app, text, ms):
    assert app.execute("SELECT pgtrickle.weir_schedule_ms(%s)", [text]).fetchone()[0] == ms


def test_outside_weir_is_refused(store):
    with store.connect("app") as c:
        for sql in ("SELECT pgtrickle.create_stream_table('x', 'SELECT 1')", "SELECT pgtrickle.drop_stream_table('x')",
                    "SELECT pgtrickle.refresh_stream_table('x')"):
            with pytest.raises(psycopg.Error, match="through weir") as e:
                c.execute(sql)
            assert e.value.sqlstate == "55000"
            assert e.value.diag.message_hint


def test_create_signals_its_arguments(app):
    app.autocommit = False
    query = "SELECT 'a\\b' AS x,\n  1 AS y"
    app.execute("SELECT pgtrickle.create_stream_table('\"My Table\"', %s, schedule => '1m', refresh_mode => 'full')", [query])
    (signal,) = app.signals
    assert (signal.sqlstate, signal.severity, signal.message) == ("WR001", "INFO", "create")
    got = dict(lines(signal.detail))
    assert got["query"] == query
    assert (got["schema"], got["name"], got["role"]) == ("public", "My Table", "app")
    assert (got["schedule_ms"], got["refresh_mode"], got["with_data"]) == ("60000", "full", "true")
    app.rollback()


def test_statement_form(app):
    app.autocommit = False
    app.execute("CALL pgtrickle.create_stream_table_statement('t1', 'SELECT 1', '{a,\"b c\"}', '{\"schedule\": \"3s\"}', true, false)")
    got = lines(app.signals[0].detail)
    assert [v for k, v in got if k == "column"] == ["a", "b c"]
    assert dict(got)["with_data"] == "false"
    app.rollback()


def test_a_request_nobody_carried_out_is_not_committed(app):
    with pytest.raises(psycopg.Error, match="was not carried out") as e:
        app.execute("SELECT pgtrickle.create_stream_table('x', 'SELECT 1')")
    assert e.value.sqlstate == "55000"


def test_if_not_exists_is_a_notice_and_no_request(app):
    app.execute("SELECT pgtrickle.create_stream_table_if_not_exists('plain', 'SELECT 1')")
    assert [s.sqlstate for s in app.signals] == ["42P07"]


def test_drop_if_exists_is_a_notice(app):
    app.execute("CALL pgtrickle.drop_stream_table_statement('{absent}', true, false)")
    assert [s.severity for s in app.signals] == ["NOTICE"]


def test_search_path_picks_the_schema(store, app):
    with store.connect("postgres") as c:
        c.execute("CREATE SCHEMA mine AUTHORIZATION app")
    app.autocommit = False
    app.execute("SET LOCAL search_path = mine, public")
    app.execute("SELECT pgtrickle.create_stream_table('x', 'SELECT 1')")
    assert dict(lines(app.signals[-1].detail))["schema"] == "mine"
    app.rollback()


def test_a_hostile_search_path_changes_nothing(store, app):
    """Operators and functions of the caller's search path are not called by the functions of weir."""
    store.connect("postgres").execute("CREATE SCHEMA evil AUTHORIZATION app")
    app.execute("CREATE FUNCTION evil.trap(text, text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped'; END $$")
    app.execute("CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap)")
    app.execute("CREATE FUNCTION evil.to_regclass(text) RETURNS oid LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped'; END $$")
    app.execute("SET search_path = evil, public, pg_catalog")
    with pytest.raises(psycopg.Error, match="is not a stream table"):
        app.execute("SELECT pgtrickle.drop_stream_table('public.plain')")
    assert app.execute("SELECT count(*) FROM pgtrickle.pgt_status()").fetchone()[0] == 0
    assert app.execute("SELECT count(*) FROM pgtrickle.dependency_tree()").fetchone()[0] == 0


def test_reading_functions_are_for_everyone(store):
    with store.connect("bob") as c:
        for sql in ("SELECT * FROM pgtrickle.diamond_groups()", "SELECT * FROM pgtrickle.dependency_tree()",
                    "SELECT * FROM pgtrickle.pgt_status()", "TABLE pgtrickle.stream_tables_info"):
            assert c.execute(sql).fetchall() == []
        for sql in ("SELECT * FROM pgtrickle.get_refresh_history('pg_class')", "SELECT * FROM pgtrickle.explain_st('nothing')"):
            with pytest.raises(psycopg.Error, match="does not exist"):
                c.execute(sql)
        with pytest.raises(psycopg.Error, match="does not exist"):
            c.execute("SELECT * FROM pgtrickle.dependency_tree('nothing')")
