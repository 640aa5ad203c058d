"""What is refused: SQLSTATE, position, hint; and a session that goes on."""

import psycopg
import pytest

from harness import one, rows


@pytest.fixture
def weir(shared_weir):
    return shared_weir


@pytest.fixture
def table(conn):
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, g int); INSERT INTO t VALUES (1, 1)")
    return conn


def failure(conn, sql, params=None):
    with pytest.raises(psycopg.Error) as e:
        conn.execute(sql, params)
    assert conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert one(conn, "SELECT 1") == 1
    assert one(conn, "SELECT count(*) FROM pg_trigger WHERE tgrelid = 't'::regclass") == 0, "capture of a failed creation stays"
    return e.value


def at(sql, error):
    """The text at the error's position."""
    assert error.diag.statement_position, f"no position: {error}"
    return sql[int(error.diag.statement_position) - 1:]


@pytest.mark.parametrize("sql,state,where", [
    ("CREATE STREAM TABLE st AS SELECT missing FROM t", "42703", "missing"),
    ("CREATE STREAM TABLE st WITH (schedule = '1h') AS SELECT * FROM t JOIN nowhere n ON true", "42P01", "nowhere"),
    ("CREATE STREAM TABLE st AS SELECT id FROM t WHERE g = 'x'", "22P02", "'x'"),
    ("CREATE STREAM TABLE st AS SELECT id, count(*) AS n FROM t", "42803", "id"),
    ("CREATE STREAM TABLE st AS SELECT FROM WHERE", "42601", "WHERE"),
    ("CREATE STREAM TABLE st AS SELECT nofunction(id) AS x FROM t", "42883", "nofunction"),
    ("CREATE STREAM TABLE \"ä\" AS /* ü */ SELECT missing FROM t", "42703", "missing"),
    ("SELECT 1; CREATE STREAM TABLE st AS SELECT missing FROM t", "42703", "missing"),
])
def test_error_in_the_query_has_its_position(table, sql, state, where):
    e = failure(table, sql)
    assert e.sqlstate == state, e
    assert at(sql, e).startswith(where), at(sql, e)


@pytest.mark.parametrize("query,where,word", [
    ("SELECT id FROM t TABLESAMPLE system (50)", "TABLESAMPLE", "TABLESAMPLE"),
    ("SELECT id, now() AS n FROM t", "now", "now"),
    ("SELECT id, random() AS r FROM t", "random", "random"),
])
def test_differential_is_refused_with_position_and_hint(table, query, where, word):
    for sql in (f"CREATE STREAM TABLE st WITH (refresh_mode = 'DIFFERENTIAL') AS {query}",
                f"CREATE STREAM TABLE st WITH (schedule = '5s', refresh_mode = differential) AS {query};"):
        e = failure(table, sql)
        assert e.sqlstate == "0A000", e
        assert word.lower() in str(e.diag.message_primary).lower() + str(e.diag.message_detail).lower()
        assert e.diag.message_hint and "FULL" in e.diag.message_hint
        assert at(sql, e).upper().startswith(where.upper()), at(sql, e)
    assert failure(table, "SELECT pgtrickle.create_stream_table('st', %s::text, refresh_mode => 'DIFFERENTIAL')", [query]).sqlstate == "0A000"


@pytest.mark.parametrize("sql,state,words", [
    ("CREATE STREAM TABLE st WITH (shedule = '1s') AS SELECT id FROM t", "22023", ["shedule"]),
    ("CREATE STREAM TABLE st WITH (refresh_mode = 'SOMETIMES') AS SELECT id FROM t", "22023", ["SOMETIMES"]),
    ("CREATE STREAM TABLE st WITH (schedule = 'soon') AS SELECT id FROM t", "22023", ["soon"]),
    ("CREATE STREAM TABLE st WITH (schedule = '') AS SELECT id FROM t", "22023", ["schedule"]),
    ("CREATE STREAM TABLE st", "42601", []),
    ("CREATE STREAM TABLE st AS", "42601", []),
    ("CREATE STREAM TABLE AS SELECT 1", "42601", []),
    ("CREATE STREAM TABLE st AS INSERT INTO t VALUES (1)", "42601", []),
    ("CREATE STREAM TABLE st (a, b, c) AS SELECT id FROM t", "42601", []),
    ("DROP STREAM TABLE nothing", "42P01", ["nothing"]),
    ("REFRESH STREAM TABLE nothing", "42P01", ["nothing"]),
    ("REFRESH STREAM TABLE t", None, ["t"]),
    ("DROP STREAM TABLE t", None, ["t"]),
    ("DROP STREAM TABLE", "42601", []),
    ("SELECT pgtrickle.drop_stream_table('nothing')", "42P01", ["nothing"]),
    ("SELECT pgtrickle.refresh_stream_table('nothing')", "42P01", ["nothing"]),
    ("SELECT pgtrickle.create_stream_table('st', NULL)", None, []),
    ("SELECT pgtrickle.create_stream_table(NULL, 'SELECT 1 AS one')", None, []),
    ("SELECT pgtrickle.create_stream_table('a b c', 'SELECT 1 AS one')", None, ["a b c"]),
    ("SELECT pgtrickle.create_stream_table('st', 'SELECT id FROM t; DROP TABLE t')", "42601", []),
    ("SELECT pgtrickle.create_stream_table('st', 'DROP TABLE t')", "42601", []),
    ("SELECT pgtrickle.create_stream_table('st', '')", None, []),
    ("SELECT pgtrickle.create_stream_table('st', 'SELECT id FROM t WHERE id = $1')", "42P02", []),
    ("CREATE STREAM TABLE st AS SELECT id, id FROM t", "42701", ["id"]),
    ("CREATE STREAM TABLE nosuchschema.st AS SELECT id FROM t", "3F000", ["nosuchschema"]),
    ("CREATE STREAM TABLE t AS SELECT id FROM t", "42P07", ["t"]),
    ("CREATE STREAM TABLE pgtrickle_data.st AS SELECT id FROM t", None, []),
])
def test_refused(table, sql, state, words):
    e = failure(table, sql)
    if state:
        assert e.sqlstate == state, e
    assert e.sqlstate != "XX000", f"an internal error: {e}"
    for w in words:
        assert w.lower() in str(e).lower(), e
    assert one(table, "SELECT to_regclass('st')") is None and one(table, "SELECT count(*) FROM t") == 1


def test_if_exists(table):
    table.execute("DROP STREAM TABLE IF EXISTS nothing")
    table.execute("CREATE STREAM TABLE IF NOT EXISTS st AS SELECT id FROM t")
    table.execute("CREATE STREAM TABLE IF NOT EXISTS st AS SELECT g FROM t")
    assert rows(table, "SELECT * FROM st") == [(1,)]
    assert table.execute("SELECT * FROM st").description[0].name == "id"
    table.execute("DROP STREAM TABLE IF EXISTS st, nothing")
    assert one(table, "SELECT to_regclass('st')") is None


def test_dependents(table):
    """What others are made of is not dropped from under them."""
    table.execute("CREATE STREAM TABLE low WITH (schedule = '1h') AS SELECT id, g FROM t")
    table.execute("CREATE STREAM TABLE high WITH (schedule = '1h') AS SELECT sum(id) AS s FROM low")
    with pytest.raises(psycopg.errors.DependentObjectsStillExist) as e:
        table.execute("DROP STREAM TABLE low")
    assert "high" in str(e.value)
    for sql in ("DROP TABLE t", "ALTER TABLE t DROP COLUMN g", "DROP VIEW low"):
        with pytest.raises(psycopg.errors.DependentObjectsStillExist):
            table.execute(sql)
    assert rows(table, "SELECT s FROM high") == [(1,)]
    table.execute("DROP STREAM TABLE low CASCADE")
    assert one(table, "SELECT to_regclass('high')") is None
    table.execute("DROP TABLE t")


def test_reserved_names(table):
    """Names that begin with weir_ would clash with hidden columns: refused, and said so."""
    e = failure(table, "CREATE STREAM TABLE st AS SELECT id AS weir_id FROM t")
    assert e.sqlstate == "42939" and "weir_id" in str(e) and e.diag.message_hint
    # A source may have such a column, as long as the stream table does not show it.
    table.execute("ALTER TABLE t ADD COLUMN weir_w int DEFAULT 5, ADD COLUMN weir_xid text")
    table.execute("CREATE STREAM TABLE st WITH (schedule = '1h') AS SELECT id, g FROM t WHERE weir_w = 5")
    table.execute("UPDATE t SET g = 7; REFRESH STREAM TABLE st")
    assert rows(table, "SELECT id, g FROM st") == [(1, 7)]


def test_itself(table):
    """A stream table cannot be made of itself."""
    assert failure(table, "CREATE STREAM TABLE st AS SELECT * FROM st").sqlstate == "42P01"


def test_temporary_tables_are_refused(table):
    table.execute("CREATE TEMP TABLE tmp (id int)")
    with pytest.raises(psycopg.Error) as e:
        table.execute("CREATE STREAM TABLE st AS SELECT id FROM tmp")
    assert "temporary" in str(e.value)
    assert one(table, "SELECT to_regclass('st')") is None


def test_directly_on_the_server(pg, db, table):
    """Called on a connection that is not weir's: an error that says what to do, never a silent nothing."""
    table.execute("CREATE STREAM TABLE st WITH (schedule = '1h') AS SELECT id FROM t")
    with pg.connect(db, "app") as direct:
        for sql in ("SELECT pgtrickle.create_stream_table('st2', 'SELECT id FROM t')", "SELECT pgtrickle.drop_stream_table('st')",
                    "SELECT pgtrickle.refresh_stream_table('st')"):
            with pytest.raises(psycopg.Error) as e:
                direct.execute(sql)
            assert "weir" in str(e.value), e.value
            assert e.value.sqlstate not in ("XX000", "42883"), e.value
        with pytest.raises(psycopg.Error):  # faked session setting
            direct.execute("SET weir.session = 'on'; BEGIN; SELECT pgtrickle.drop_stream_table('st'); COMMIT")
        direct.rollback()
        # Reading and writing the source work without weir.
        direct.execute("INSERT INTO t VALUES (2, 2)")
        assert rows(direct, "SELECT id FROM st") == [(1,)]
    table.execute("REFRESH STREAM TABLE st")
    assert rows(table, "SELECT id FROM st ORDER BY 1") == [(1,), (2,)]


def test_writer_is_told_nothing(pg, db, table):
    """The in-band messages of capture never reach a client, whatever its client_min_messages."""
    table.execute("CREATE STREAM TABLE st WITH (schedule = '1h') AS SELECT id FROM t")
    heard = []
    table.add_notice_handler(lambda d: heard.append((d.severity, d.sqlstate, d.message_primary)))
    for level in ("debug1", "log", "notice", "error"):
        table.execute(f"SET client_min_messages = {level}")
        table.execute("UPDATE t SET g = g + 1")
        table.execute("BEGIN; DELETE FROM t WHERE id = %s; COMMIT" % 99)
        table.execute("REFRESH STREAM TABLE st")
    assert [h for h in heard if h[0] == "INFO" or str(h[1]).startswith("WR")] == []
