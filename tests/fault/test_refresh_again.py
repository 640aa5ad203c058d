"""A REFRESH that a client sends again begins before the server has answered who may and what it is: the answer still counts."""

import threading

import psycopg
import pytest

from harness import one, rows, wait_until

AGAIN = "REFRESH STREAM TABLE s"


@pytest.fixture
def s(conn):
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)")
    conn.execute("CREATE STREAM TABLE s WITH (schedule = '1h') AS SELECT id, v FROM t")


def refreshes(conn, table="s"):
    return one(conn, f"SELECT count(*) FROM pgtrickle.get_refresh_history('{table}', 100) WHERE action = 'DIFFERENTIAL'")


def test_each_one_shows_what_was_written(s, conn):
    for i in range(2, 40):
        conn.execute("INSERT INTO t VALUES (%s, 1)", (i,))
        conn.execute(AGAIN)
        assert one(conn, "SELECT count(*) FROM s") == i
    assert refreshes(conn) == 38


def test_several_in_turns(s, conn):
    """More of them than are remembered."""
    for k in range(12):
        conn.execute(f"CREATE STREAM TABLE s{k} WITH (schedule = '1h') AS SELECT id, v + {k} AS v FROM t")
    for i in range(2, 5):
        conn.execute("INSERT INTO t VALUES (%s, 1)", (i,))
        for k in range(12):
            conn.execute(f"REFRESH STREAM TABLE s{k}")
            assert one(conn, f"SELECT sum(v) FROM s{k}") == i + i * k


def test_begun_before_the_server_answers(pg, weir, db, s, conn):
    """What the server resolves names by is locked: the refresh is done by then, and told of when the lock goes."""
    conn.execute(AGAIN)
    with pg.connect(db) as locker, weir.connect(db) as writer:
        locker.autocommit = False
        locker.execute("ALTER VIEW pgtrickle.weir_stream_tables SET (security_barrier)")  # LOCK would take its tables along
        writer.execute("INSERT INTO t VALUES (2, 2)")
        told = threading.Event()
        waiting = threading.Thread(target=lambda: (conn.execute(AGAIN), told.set()))
        waiting.start()
        wait_until(lambda: one(writer, "SELECT count(*) FROM s") == 2, what="a refresh that began early")
        assert not told.is_set()
        locker.rollback()
        waiting.join(20)
        assert told.is_set()
    conn.execute("INSERT INTO t VALUES (3, 3)")
    conn.execute(AGAIN)
    assert one(conn, "SELECT count(*) FROM s") == 3


def test_the_right_is_gone(pg, weir, db, s, conn):
    with pg.connect() as su:
        su.execute("DROP ROLE IF EXISTS guest")
        su.execute("CREATE ROLE guest LOGIN IN ROLE app")
        with weir.connect(db, user="guest") as guest:
            guest.execute(AGAIN)
            guest.execute(AGAIN)
            su.execute("REVOKE app FROM guest")
            for _ in range(2):
                with pytest.raises(psycopg.errors.InsufficientPrivilege, match="must be owner of stream table s"):
                    guest.execute(AGAIN)
            assert one(guest, "SELECT 1") == 1
        su.execute("DROP ROLE guest")


def test_the_name_stands_for_another(s, conn):
    """By the search path, and by a new stream table under an old name."""
    conn.execute("CREATE SCHEMA b; CREATE STREAM TABLE b.s WITH (schedule = '1h') AS SELECT id, v FROM t")
    conn.execute(AGAIN)
    conn.execute(AGAIN)
    conn.execute("SET search_path = b")
    conn.execute("INSERT INTO public.t VALUES (2, 2)")
    conn.execute(AGAIN)
    assert rows(conn, "SELECT id FROM b.s ORDER BY id") == [(1,), (2,)]
    conn.execute("SET search_path = public")
    conn.execute("DROP STREAM TABLE s; CREATE STREAM TABLE s WITH (schedule = '1h') AS SELECT v, id FROM t")
    conn.execute("INSERT INTO t VALUES (3, 7)")
    conn.execute(AGAIN)
    assert rows(conn, "SELECT v FROM s ORDER BY id") == [(1,), (2,), (7,)]
    conn.execute("DROP STREAM TABLE s")
    for _ in range(2):
        with pytest.raises(psycopg.errors.UndefinedTable):
            conn.execute(AGAIN)


def test_it_fails(s, conn):
    """The error of a refresh that began early is the client's, once."""
    conn.execute("CREATE STREAM TABLE q WITH (schedule = '1h') AS SELECT id, 1 / v AS x FROM t")
    for _ in range(2):
        conn.execute("REFRESH STREAM TABLE q")
    conn.execute("INSERT INTO t VALUES (2, 0)")
    for _ in range(2):
        with pytest.raises(psycopg.errors.DivisionByZero):
            conn.execute("REFRESH STREAM TABLE q")
    conn.execute("UPDATE t SET v = 5 WHERE id = 2")
    conn.execute("REFRESH STREAM TABLE q")
    assert rows(conn, "SELECT x FROM q ORDER BY id") == [(1,), (0,)]


def test_between_other_statements(s, conn):
    """In a block and in a script the client's own connection does it; the answers do not get mixed up."""
    for i in range(2, 30, 3):
        conn.execute("INSERT INTO t VALUES (%s, 1)", (i,))
        conn.execute(AGAIN)
        with conn.transaction():
            conn.execute("INSERT INTO t VALUES (%s, 1)", (i + 1,))
            conn.execute(AGAIN)
            assert one(conn, "SELECT max(id) FROM s") == i + 1
        conn.execute(f"INSERT INTO t VALUES ({i + 2}, 1); {AGAIN}")
        assert one(conn, "SELECT max(id) FROM s") == i + 2
        conn.execute(AGAIN)
        assert one(conn, "SELECT count(*) FROM s") == i + 2
