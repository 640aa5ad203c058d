"""ALTER STREAM TABLE ... RESUME: a suspended stream table is kept fresh again, or stays as it is."""

import psycopg
import pytest

from harness import one, rows


@pytest.fixture
def weir(shared_weir):
    return shared_weir


def suspend(su, *names):
    """What five failures in a row do."""
    for name in names:
        su.execute("WITH s AS (UPDATE pgtrickle_data.stream_tables SET status = 'suspended', suspended_reason = 'five failures'"
                   " WHERE facade = %s::regclass RETURNING id)"
                   " UPDATE pgtrickle_data.state SET errors = 5, last_error = 'five failures' WHERE id IN (SELECT id FROM s)", [name])
    su.execute("INSERT INTO pgtrickle_data.catalog_version DEFAULT VALUES")


def status(conn, name):
    return conn.execute("SELECT status, consecutive_errors, suspended_reason FROM pgtrickle.stream_tables_info WHERE pgt_name = %s",
                        [name]).fetchone()


ACTIVE = ("ACTIVE", 0, None)


@pytest.fixture
def suspended(pg, db, conn):
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT i, i FROM generate_series(1, 5) i")
    conn.execute("CREATE STREAM TABLE st WITH (schedule = '1h') AS SELECT id, 10 / v AS q FROM t")
    with pg.connect(db) as su:
        suspend(su, "st")
        yield su


@pytest.mark.parametrize("how", ["statement", "function", "bind parameter", "in a block"])
@pytest.mark.parametrize("rows_gone", [False, True])
def test_resumed_and_refreshed(suspended, db, conn, how, rows_gone):
    conn.execute("INSERT INTO t VALUES (10, 1); DELETE FROM t WHERE id = 1")
    if rows_gone:  # nobody keeps rows for a suspended reader
        suspended.execute("SELECT pgtrickle_data.tidy_source(source_id), pgtrickle_data.tidy_source(source_id) FROM pgtrickle_data.sources")
        assert one(suspended, "SELECT rebuild FROM pgtrickle_data.state")
    if how == "statement":
        conn.execute("ALTER STREAM TABLE st RESUME")
    elif how == "function":
        conn.execute("SELECT pgtrickle.resume_stream_table('public.st')")
    elif how == "bind parameter":
        conn.execute("SELECT pgtrickle.resume_stream_table(%s::text)", ["st"])
    else:
        with conn.transaction():
            conn.execute("ALTER STREAM TABLE st RESUME")
    assert status(conn, "st") == ACTIVE
    assert rows(conn, "SELECT id FROM st ORDER BY id") == [(2,), (3,), (4,), (5,), (10,)]
    conn.execute("INSERT INTO t VALUES (11, 1)")
    conn.execute("REFRESH STREAM TABLE st")
    assert one(conn, "SELECT count(*) FROM st") == 6


def test_waits_for_no_writer(suspended, weir, db, conn):
    with weir.connect(db) as other:
        other.execute("BEGIN; UPDATE t SET v = 2 WHERE id = 2")
        conn.execute("SET statement_timeout = '10s'")
        conn.execute("ALTER STREAM TABLE st RESUME")
        other.execute("COMMIT")
    conn.execute("REFRESH STREAM TABLE st")
    assert one(conn, "SELECT q FROM st WHERE id = 2") == 5


def test_of_an_active_one(suspended, conn):
    for _ in range(2):
        conn.execute("ALTER STREAM TABLE st RESUME")
        assert status(conn, "st") == ACTIVE


@pytest.mark.parametrize("block", [False, True])
def test_stays_suspended_when_it_cannot_be_refreshed(suspended, db, conn, block):
    conn.execute("INSERT INTO t VALUES (10, 0)")
    with pytest.raises(psycopg.errors.DivisionByZero):
        if block:
            conn.execute("BEGIN")
        conn.execute("ALTER STREAM TABLE st RESUME")
    conn.execute("ROLLBACK")
    assert status(conn, "st") == ("SUSPENDED", 5, "five failures")
    assert one(suspended, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 2003134834") == 0
    # What cannot be computed is still in the buffers, and is not looked at any more.
    conn.execute("DELETE FROM t WHERE id = 10")
    conn.execute("ALTER STREAM TABLE st RESUME")
    assert status(conn, "st") == ACTIVE
    assert one(conn, "SELECT count(*) FROM st") == 5


def test_what_it_reads_is_suspended_too(suspended, conn):
    suspended.execute("SELECT 1")
    conn.execute("ALTER STREAM TABLE st RESUME")
    conn.execute("CREATE STREAM TABLE above WITH (schedule = '1h') AS SELECT q, count(*) AS n FROM st GROUP BY q")
    suspend(suspended, "st", "above")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match='"st" is suspended'):
        conn.execute("ALTER STREAM TABLE above RESUME")
    assert status(conn, "above")[0] == "SUSPENDED"
    conn.execute("ALTER STREAM TABLE st RESUME; ALTER STREAM TABLE above RESUME")
    assert status(conn, "above") == ACTIVE


def test_is_for_owners(suspended, pg, weir, db):
    pg.role("stranger")
    st = one(suspended, "SELECT id FROM pgtrickle_data.stream_tables")
    with weir.connect(db, "stranger") as c:
        forged = ("DO $d$ DECLARE r bigint := (SELECT request FROM pgtrickle.weir_request('resume')); BEGIN RAISE INFO USING"
                  f" ERRCODE = 'WR001', MESSAGE = 'resume', DETAIL = E'request=' || r || E'\\nid={st}\\n'; END $d$")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="must be owner"):
            c.execute("ALTER STREAM TABLE st RESUME")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="must be owner"), c.transaction():
            c.execute(forged)
    assert one(suspended, "SELECT status FROM pgtrickle_data.stream_tables") == "suspended"


def test_of_what_is_none(conn):
    conn.execute("CREATE TABLE t (i int)")
    with pytest.raises(psycopg.errors.UndefinedTable):
        conn.execute("ALTER STREAM TABLE nothing RESUME")
    with pytest.raises(psycopg.errors.WrongObjectType):
        conn.execute("ALTER STREAM TABLE t RESUME")
