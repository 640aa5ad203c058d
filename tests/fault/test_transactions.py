"""Stream-table statements belong to the client's transaction: simple and extended, inside and outside a block."""

import psycopg
import pytest

from harness import one, rows, wait_until


@pytest.fixture
def weir(shared_weir):
    return shared_weir


OBJECTS = """
SELECT 'relation', n.nspname || '.' || relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname NOT LIKE 'pg\\_toast%' AND nspname NOT LIKE 'pg\\_temp%'
UNION ALL SELECT 'function', n.nspname || '.' || p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema')
UNION ALL SELECT 'trigger', tgrelid::regclass::text || '.' || tgname FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'schema', nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
UNION ALL SELECT 'type', n.nspname || '.' || typname FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
    WHERE nspname LIKE 'pgtrickle%'
ORDER BY 1, 2
"""

QUERY = "SELECT g, count(*) AS n FROM t GROUP BY g"

# How a client can say it: name -> function of a connection.
CREATE = {
    "statement": lambda c: c.execute(f"CREATE STREAM TABLE st WITH (schedule = '1h') AS {QUERY}"),
    "literals": lambda c: c.execute(f"SELECT pgtrickle.create_stream_table('st', $${QUERY}$$, '1h', 'DIFFERENTIAL')"),
    "named arguments": lambda c: c.execute(
        f"SELECT pgtrickle.create_stream_table(query => '{QUERY}', name => 'st', refresh_mode => 'AUTO', schedule => '1h')"),
    "from clause": lambda c: c.execute(f"SELECT * FROM pgtrickle.create_stream_table('st', '{QUERY}', '1h')"),
    "bind parameters": lambda c: c.execute("SELECT pgtrickle.create_stream_table(%s::text, %s::text, schedule => %s::text)",
                                           ["st", QUERY, "1h"]),
    "do block": lambda c: c.execute(f"DO $d$BEGIN PERFORM pgtrickle.create_stream_table('st', '{QUERY}', '1h'); END$d$"),
    "driver prepares": lambda c: c.execute("SELECT pgtrickle.create_stream_table(%s::text, %s::text, '1h')", ["st", QUERY], prepare=True),
    "extended statement": lambda c: extended(c, f"CREATE STREAM TABLE st WITH (schedule = '1h') AS {QUERY}"),
}
DROP = {
    "statement": lambda c: c.execute("DROP STREAM TABLE st"),
    "literal": lambda c: c.execute("SELECT pgtrickle.drop_stream_table('st')"),
    "bind parameter": lambda c: c.execute("SELECT pgtrickle.drop_stream_table(%s::text)", ["st"]),
    "extended statement": lambda c: extended(c, "DROP STREAM TABLE st"),
}
REFRESH = {
    "statement": lambda c: c.execute("REFRESH STREAM TABLE st"),
    "literal": lambda c: c.execute("SELECT pgtrickle.refresh_stream_table('st')"),
    "bind parameter": lambda c: c.execute("SELECT pgtrickle.refresh_stream_table(%s::text)", ["st"]),
    "extended statement": lambda c: extended(c, "REFRESH STREAM TABLE st"),
}


def extended(conn, sql):
    """Parse, Bind, Execute, Sync: what a driver does that never uses the simple protocol."""
    from psycopg import pq
    r = conn.pgconn.exec_params(sql.encode(), [])
    if r.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        raise psycopg.errors.lookup((r.error_field(pq.DiagnosticField.SQLSTATE) or b"XX000").decode())(
            r.error_message.decode())
    return r


def objects(pg, db):
    with pg.connect(db) as su:
        return rows(su, OBJECTS)


@pytest.fixture
def table(conn):
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, g int); INSERT INTO t SELECT i, i % 3 FROM generate_series(1, 9) i")
    return conn


def assert_works(conn):
    """The stream table is equal to its query, before and after a change."""
    sql = f"SELECT count(*) FROM ((TABLE st EXCEPT ALL ({QUERY})) UNION ALL (({QUERY}) EXCEPT ALL TABLE st)) x"
    assert one(conn, sql) == 0
    conn.execute("UPDATE t SET g = g + 1 WHERE id = 1; DELETE FROM t WHERE id = 2")
    assert one(conn, sql) > 0
    conn.execute("REFRESH STREAM TABLE st")
    assert one(conn, sql) == 0


@pytest.mark.parametrize("how", CREATE)
def test_create(table, how):
    CREATE[how](table)
    assert_works(table)


@pytest.mark.parametrize("how", CREATE)
def test_create_in_block_and_commit(table, how):
    table.execute("BEGIN")
    CREATE[how](table)
    assert one(table, "SELECT count(*) FROM st") == 3
    table.execute("COMMIT")
    assert_works(table)


@pytest.mark.parametrize("how", CREATE)
def test_create_in_block_and_roll_back(pg, db, table, how):
    before = objects(pg, db)
    table.execute("BEGIN")
    CREATE[how](table)
    assert one(table, "SELECT count(*) FROM st") == 3
    table.execute("ROLLBACK")
    assert objects(pg, db) == before
    CREATE[how](table)  # the name is free
    assert_works(table)


@pytest.mark.parametrize("how", CREATE)
def test_create_and_roll_back_to_savepoint(pg, db, table, how):
    before = objects(pg, db)
    table.execute("BEGIN; SAVEPOINT s")
    CREATE[how](table)
    table.execute("ROLLBACK TO s; INSERT INTO t VALUES (100, 100); COMMIT")
    assert objects(pg, db) == before
    CREATE[how](table)
    assert_works(table)


@pytest.mark.parametrize("how", CREATE)
def test_create_fails_in_block(pg, db, table, how):
    """A duplicate aborts the client's transaction, as any error does; and the first one is untouched."""
    CREATE[how](table)
    before = objects(pg, db)
    table.execute("BEGIN; INSERT INTO t VALUES (50, 50)")
    with pytest.raises(psycopg.errors.DuplicateTable):
        CREATE[how](table)
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        table.execute("SELECT 1")
    table.execute("ROLLBACK")
    assert objects(pg, db) == before and one(table, "SELECT count(*) FROM t WHERE id = 50") == 0
    assert_works(table)


@pytest.mark.parametrize("how", DROP)
def test_drop(pg, db, table, how):
    before = objects(pg, db)
    CREATE["statement"](table)
    table.execute("INSERT INTO t VALUES (60, 60)")
    DROP[how](table)
    with pytest.raises(psycopg.errors.UndefinedTable):
        table.execute("SELECT * FROM st")
    wait_until(lambda: objects(pg, db) == before, 15, what="the end of the capture")
    CREATE["statement"](table)
    assert_works(table)


@pytest.mark.parametrize("how", DROP)
def test_drop_and_roll_back(pg, db, table, how):
    CREATE["statement"](table)
    before = objects(pg, db)
    table.execute("BEGIN; INSERT INTO t VALUES (70, 70)")
    DROP[how](table)
    table.execute("ROLLBACK")
    assert objects(pg, db) == before
    assert_works(table)


def test_sql_prepare(pg, db, table):
    """EXECUTE does not show what it runs: it works in a block, and is refused clearly outside of one."""
    before = objects(pg, db)
    table.execute("PREPARE mk (text, text) AS SELECT pgtrickle.create_stream_table($1, $2, '1h')")
    try:
        table.execute(f"EXECUTE mk ('st', '{QUERY}')")
    except psycopg.errors.ObjectNotInPrerequisiteState as e:
        assert e.diag.message_hint and objects(pg, db) == before
        for sql in ("BEGIN", f"EXECUTE mk ('st', '{QUERY}')", "COMMIT"):
            table.execute(sql)
    table.execute("DEALLOCATE mk")
    assert_works(table)


def test_drop_and_create_in_one_block(table):
    CREATE["statement"](table)
    table.execute("BEGIN; DROP STREAM TABLE st; CREATE STREAM TABLE st WITH (schedule = '1h') AS SELECT id FROM t; COMMIT")
    assert one(table, "SELECT count(*) FROM st") == 9
    table.execute("DELETE FROM t WHERE id = 1; REFRESH STREAM TABLE st")
    assert one(table, "SELECT count(*) FROM st") == 8


@pytest.mark.parametrize("how", REFRESH)
@pytest.mark.parametrize("block", ["BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN ISOLATION LEVEL SERIALIZABLE", None])
def test_refresh(weir, db, table, how, block):
    CREATE["statement"](table)
    other = weir.connect(db)
    if block:
        table.execute(block)
    table.execute("UPDATE t SET g = 9 WHERE id = 1")
    REFRESH[how](table)
    assert one(table, "SELECT n FROM st WHERE g = 9") == 1
    if block:
        assert one(other, "SELECT count(*) FROM st WHERE g = 9") == 0, "seen before the commit"
        table.execute("ROLLBACK")
        assert one(table, "SELECT count(*) FROM st WHERE g = 9") == 0
        table.execute(block)
        table.execute("UPDATE t SET g = 9 WHERE id = 1")
        REFRESH[how](table)
        table.execute("COMMIT")
        assert one(other, "SELECT n FROM st WHERE g = 9") == 1
    assert_works(table)
    other.close()


def test_everything_in_one_message(conn):
    """A script as one simple Query is one transaction."""
    conn.execute(f"""CREATE TABLE t (id int PRIMARY KEY, g int); INSERT INTO t VALUES (1, 1);
        CREATE STREAM TABLE st WITH (schedule = '1h') AS {QUERY}; INSERT INTO t VALUES (2, 1), (3, 2);
        REFRESH STREAM TABLE st; SELECT * FROM st""")
    assert rows(conn, "SELECT * FROM st ORDER BY g") == [(1, 2), (2, 1)]


def test_failed_script_leaves_nothing(pg, db, conn):
    before = objects(pg, db)
    with pytest.raises(psycopg.errors.DivisionByZero):
        conn.execute(f"CREATE TABLE t (id int PRIMARY KEY, g int); CREATE STREAM TABLE st AS {QUERY}; SELECT 1 / 0")
    assert objects(pg, db) == before
    assert conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    conn.execute("SELECT 1")


def test_results_of_a_script_are_the_servers(weir, db, conn):
    """Each statement has its result and its tag; the BEGIN and COMMIT that weir adds are hidden."""
    from psycopg import pq
    conn.pgconn.send_query(f"""CREATE TABLE t (id int PRIMARY KEY, g int); INSERT INTO t VALUES (1, 1), (2, 2);
        CREATE STREAM TABLE st AS {QUERY}; SELECT g FROM st ORDER BY g; REFRESH STREAM TABLE st; DROP STREAM TABLE st""".encode())
    tags = []
    while r := conn.pgconn.get_result():
        assert r.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK), r.error_message
        tags.append(r.command_status.decode())
    assert tags == ["CREATE TABLE", "INSERT 0 2", "CREATE STREAM TABLE", "SELECT 2", "REFRESH STREAM TABLE", "DROP STREAM TABLE"]


def test_pipeline(conn):
    """A pipeline with a creation in the middle: everything answers in order, errors end where they should."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, g int)")
    with conn.pipeline() as p:
        a = conn.execute("INSERT INTO t VALUES (%s, %s) RETURNING id", [1, 1])
        conn.execute("SELECT pgtrickle.create_stream_table('st', %s::text, '1h')", [QUERY])
        b = conn.execute("INSERT INTO t VALUES (%s, %s) RETURNING id", [2, 1])
        p.sync()
        c = conn.execute("SELECT %s::int", [42])
        p.sync()
        assert a.fetchone() == (1,) and b.fetchone() == (2,) and c.fetchone() == (42,)
    conn.execute("REFRESH STREAM TABLE st")
    assert rows(conn, "SELECT * FROM st") == [(1, 2)]


def test_pipeline_with_error(conn):
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, g int)")
    with pytest.raises(psycopg.errors.UndefinedTable):
        with conn.pipeline() as p:
            conn.execute("INSERT INTO t VALUES (1, %s)", [1])
            conn.execute("SELECT pgtrickle.create_stream_table('st', %s::text)", ["SELECT * FROM missing"])
            conn.execute("INSERT INTO t VALUES (2, %s)", [1])
            p.sync()
    assert rows(conn, "SELECT * FROM t") == [], "the segment of the pipeline is one transaction"
    assert one(conn, "SELECT to_regclass('st')") is None


def test_called_inside_another_function(conn, pg, db):
    """A migration function of the user that creates tables and stream tables."""
    conn.execute(f"""CREATE FUNCTION migrate() RETURNS int LANGUAGE plpgsql AS $f$
        BEGIN
            CREATE TABLE t (id int PRIMARY KEY, g int);
            INSERT INTO t VALUES (1, 1);
            PERFORM pgtrickle.create_stream_table('st', '{QUERY}', '1h');
            RETURN 7;
        END $f$""")
    # By itself the server commits before weir can act: refused, and nothing is left.
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="not carried out") as e:
        conn.execute("SELECT migrate()")
    assert "transaction block" in e.value.diag.message_hint
    assert one(conn, "SELECT to_regclass('t')") is None
    with conn.transaction():
        assert one(conn, "SELECT migrate()") == 7
    assert rows(conn, "SELECT * FROM st") == [(1, 1)]


def test_several_in_one_statement(conn):
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, g int); INSERT INTO t VALUES (1, 1)")
    conn.execute("SELECT pgtrickle.create_stream_table('s' || i, 'SELECT id + ' || i || ' AS x FROM t', '1h') FROM generate_series(1, 3) i")
    assert rows(conn, "SELECT s1.x, s2.x, s3.x FROM s1, s2, s3") == [(2, 3, 4)]


def test_roles_and_search_path(weir, pg, db, conn):
    """The stream table belongs to who created it, in the first schema of the search_path."""
    conn.execute("CREATE SCHEMA first; CREATE TABLE t (id int); SET search_path = first, public")
    conn.execute("CREATE STREAM TABLE st AS SELECT id FROM t")
    with pg.connect(db) as su:
        assert one(su, "SELECT relowner::regrole::text FROM pg_class WHERE oid = 'first.st'::regclass") == "app"
    conn.execute("SELECT pgtrickle.create_stream_table('\"Odd Name\"', 'SELECT id FROM t')")
    conn.execute("SELECT pgtrickle.create_stream_table('public.\"a.b\"', 'SELECT id FROM t')")
    assert one(conn, "SELECT count(*) FROM first.\"Odd Name\", public.\"a.b\"") == 0
    conn.execute("DROP STREAM TABLE \"Odd Name\", public.\"a.b\", st")


def test_session_state_is_left_alone(conn):
    """Settings and the current role are the same after weir's statements, and a prepared statement still works."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, g int); INSERT INTO t VALUES (1, 1)")
    conn.execute("SET search_path = public; SET work_mem = '5MB'; SET random_page_cost = 3; SET jit = on; SET timezone = 'Asia/Tokyo'")
    conn.prepare_threshold = None  # psycopg answers a DROP with DEALLOCATE ALL
    conn.execute("PREPARE p AS SELECT 41 + $1::int")
    names = ["search_path", "work_mem", "random_page_cost", "jit", "TimeZone", "role", "session_authorization", "synchronous_commit",
             "client_min_messages", "application_name", "lock_timeout", "statement_timeout", "default_transaction_isolation"]
    def state():
        return [one(conn, "SELECT current_setting(%s)", [n]) for n in names] + [one(conn, "SELECT current_user")]
    before = state()
    for sql in (f"CREATE STREAM TABLE st AS {QUERY}", "INSERT INTO t VALUES (2, 2)", "REFRESH STREAM TABLE st",
                "BEGIN", "REFRESH STREAM TABLE st", "COMMIT", "DROP STREAM TABLE st"):
        conn.execute(sql)
        if sql != "BEGIN":
            assert state() == before, sql
    assert one(conn, "EXECUTE p (1)") == 42


def test_ordinary_statements_beside_the_words(conn):
    """Text that only looks like weir's own is the server's business."""
    conn.execute("CREATE TABLE stream (\"table\" text, refresh int); INSERT INTO stream VALUES ('CREATE STREAM TABLE x AS SELECT 1', 1)")
    assert one(conn, "SELECT \"table\" FROM stream -- REFRESH STREAM TABLE nothing") == "CREATE STREAM TABLE x AS SELECT 1"
    assert one(conn, "SELECT 'DROP STREAM TABLE st; pgtrickle.create_stream_table(1)'") is not None
    assert one(conn, "SELECT $$REFRESH STREAM TABLE a$$ /* CREATE STREAM TABLE */ || 'pgtrickle'") == "REFRESH STREAM TABLE apgtrickle"
    assert one(conn, "SELECT %s::text", ["CREATE STREAM TABLE y AS SELECT 2"]) is not None
    conn.execute("DROP TABLE stream")
    for sql in ("create  stream/* x */\n table St as select 1 as one", "Refresh Stream Table \"st\";", "drop stream table ST ; "):
        conn.execute(sql)
