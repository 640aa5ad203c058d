"""kill -9 at any moment: after a restart and a refresh everything is equal, and what was acknowledged is there."""

import os
import random
import threading
import time

import psycopg
import pytest

import workload
from harness import HarnessError, Weir, one, rows, wait_until

ROUNDS = int(os.environ.get("WEIR_FAULT_ROUNDS", "5"))


def churn(connects, seed):
    """Starts writers and a refresher; returns (stop event, writers, all threads)."""
    stop = threading.Event()
    writers = [workload.Writer(c, n, stop, seed) for n, c in enumerate(connects)]

    def refresh():
        try:
            with connects[0]() as conn:
                n = 0
                while not stop.is_set():
                    conn.execute("REFRESH STREAM TABLE " + ("e" if n % 2 else "exec_summary"))
                    n += 1
        except (psycopg.Error, OSError):
            pass

    threads = [*writers, threading.Thread(target=refresh, daemon=True)]
    for t in threads:
        t.start()
    return stop, writers, threads


def settle(stop, threads):
    stop.set()
    for t in threads:
        t.join(30)
        assert not t.is_alive(), "a client hangs on a dead connection"


def usable(weir, db):
    """A connection on which stream tables can be refreshed again, or None. weir may still be reconnecting."""
    try:
        conn = weir.connect(db)
        conn.execute("SET statement_timeout = '60s'")
        workload.assert_invariants(conn)  # what was there before any refresh is no split either
        conn.execute("REFRESH STREAM TABLE " + ", ".join(workload.STREAMS))
        return conn
    except (psycopg.OperationalError, psycopg.errors.ObjectNotInPrerequisiteState):
        return None


def check_all(weir, db, writers):
    """Before any refresh: no split. After one: all equal, and nothing that was acknowledged is missing."""
    with wait_until(lambda: usable(weir, db), 30, every=0.2, what="a working connection") as conn:
        workload.assert_acked(conn, writers)
        workload.assert_equal(conn)


def test_kill_weir(pg, db):
    r = random.Random(1)
    weir = Weir(pg, dbname=db)
    weir.start()
    try:
        weir.wait_installed(db)
        with weir.connect(db) as conn:
            workload.create(conn, schedule="1s")
        total = 0
        for n in range(ROUNDS):
            def through():
                return weir.connect(db)
            def around():
                return pg.connect(db, "app")
            stop, writers, threads = churn([through, through, through, around], n)
            time.sleep(0.5 + r.random() * 1.5)
            weir.kill()
            settle(stop, threads)
            total += sum(w.commits for w in writers)
            # Sessions of a dead client end by themselves; their locks go with them.
            weir.start()
            check_all(weir, db, writers)
        assert total > 10 * ROUNDS
        weir.stop()
    finally:
        if weir.process is not None:
            weir.kill()


def test_kill_weir_during_creation(pg, db):
    """An interrupted creation leaves nothing that stands in the way of writers, or of another try."""
    r = random.Random(2)
    weir = Weir(pg, dbname=db)
    weir.start()
    try:
        weir.wait_installed(db)
        with weir.connect(db) as conn:
            conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT i, i FROM generate_series(1, 100000) i")
        interrupted = 0
        for n in range(ROUNDS):
            finished = threading.Event()

            def creation():
                try:
                    with weir.connect(db) as c:
                        c.execute("CREATE STREAM TABLE st WITH (schedule = '1h', refresh_mode = 'DIFFERENTIAL')"
                                  " AS SELECT id, v FROM t")
                    finished.set()
                except (psycopg.Error, OSError):
                    pass

            t = threading.Thread(target=creation, daemon=True)
            t.start()
            time.sleep(r.random() * 0.4)
            weir.kill()
            t.join(30)
            interrupted += not finished.is_set()
            weir.start()
            weir.wait_installed(db)
            with weir.connect(db) as c:
                c.execute("SET statement_timeout = '60s'")
                c.execute("UPDATE t SET v = v + 1 WHERE id % 1000 = 0")
                c.execute("DROP STREAM TABLE IF EXISTS st")
                c.execute("CREATE STREAM TABLE st WITH (schedule = '1h', refresh_mode = 'DIFFERENTIAL') AS SELECT id, v FROM t")
                c.execute("UPDATE t SET v = v + 1 WHERE id % 999 = 0")
                c.execute("REFRESH STREAM TABLE st")
                assert one(c, "SELECT count(*) FROM ((TABLE t EXCEPT ALL TABLE st) UNION ALL (TABLE st EXCEPT ALL TABLE t)) x") == 0
                c.execute("DROP STREAM TABLE st")
                assert one(c, "SELECT count(*) FROM pg_trigger WHERE tgrelid = 't'::regclass") == 0, "capture is left behind"
        assert interrupted > 0, "no creation was interrupted: the test is too slow to kill"
        weir.stop()
    finally:
        if weir.process is not None:
            weir.kill()


def test_backends_terminated(weir, pg, db, conn):
    """Server connections that die are an error for the client using them, and nothing else."""
    workload.create(conn, schedule="1s")
    r = random.Random(3)
    for n in range(ROUNDS):
        stop, writers, threads = churn([lambda: weir.connect(db)] * 4, 100 + n)
        for _ in range(4):
            time.sleep(0.1 + r.random() * 0.4)
            with pg.connect() as su:
                su.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
                           " AND pid <> pg_backend_pid() AND random() < 0.5", [db])
        settle(stop, threads)
        weir.check()
        check_all(weir, db, writers)


def test_server_stops_at_once(pg, db, weir):
    """pg_ctl stop -m immediate: what asynchronous commits lost was lost together."""
    with weir.connect(db) as c:
        workload.create(c, schedule="1s")
    r = random.Random(4)
    for n in range(max(2, ROUNDS // 2)):
        stop, writers, threads = churn([lambda: weir.connect(db)] * 3 + [lambda: pg.connect(db, "app")], 200 + n)
        time.sleep(0.7 + r.random())
        pg.stop("immediate")
        try:
            settle(stop, threads)
            with pytest.raises(psycopg.Error):  # at login or at the first statement, but within seconds
                with weir.connect(db, connect_timeout=5) as c:
                    c.execute("SELECT 1")
            weir.check()
        finally:
            pg.start()
        check_all(weir, db, writers)


def test_sigterm_with_clients(pg, db):
    """SIGTERM ends weir cleanly although clients are connected and a transaction is open."""
    with Weir(pg, dbname=db) as weir:
        weir.wait_installed(db)
        a, b = weir.connect(db), weir.connect(db)
        a.execute("CREATE TABLE t (id int); BEGIN; INSERT INTO t VALUES (1)")
        b.execute("SELECT 1")
        weir.stop()
        with pytest.raises(psycopg.Error):
            a.execute("COMMIT")
        with pytest.raises(psycopg.Error):
            b.execute("SELECT 1")
    # The server must notice that the sessions are gone.
    with pg.connect(db) as su:
        wait_until(lambda: one(su, "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
                                   " AND backend_type = 'client backend'", [db]) == 0, 10, what="end of the sessions")


def test_sigterm_during_creation(pg, db):
    """SIGTERM while weir's own statements are under way on a client's connection: a clean end, and nothing half made."""
    for n in range(4):
        with Weir(pg, dbname=db) as weir:
            weir.wait_installed(db)
            with weir.connect(db) as c:
                c.execute("CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, v int)")

            def creation():
                try:
                    with weir.connect(db) as c:
                        for i in range(20):
                            c.execute(f"CREATE STREAM TABLE st{n}_{i} WITH (schedule = '1s') AS SELECT sum(v) AS s FROM t")
                            c.execute("INSERT INTO t SELECT max(id) + 1, 1 FROM t")
                            c.execute(f"REFRESH STREAM TABLE st{n}_{i}")
                except (psycopg.Error, OSError):
                    pass

            t = threading.Thread(target=creation, daemon=True)
            t.start()
            time.sleep(0.15 + 0.2 * n)
            weir.stop()
            t.join(20)
            assert not t.is_alive()


def test_one_broken_stream_table_does_not_stop_others(weir, pg, db, conn):
    """A refresh that fails is recorded, and the others go on."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)")
    conn.execute("CREATE STREAM TABLE good WITH (schedule = '1s') AS SELECT sum(v) AS s FROM t")
    conn.execute("CREATE STREAM TABLE bad WITH (schedule = '1s') AS SELECT 10 / v AS q FROM t")
    conn.execute("UPDATE t SET v = 0")
    wait_until(lambda: one(conn, "SELECT s FROM good") == 0, 15, what="refresh of the good one")
    wait_until(lambda: rows(conn, "SELECT 1 FROM pgtrickle.get_refresh_history('bad', 20) WHERE status = 'FAILED'"
                                  " AND error_message LIKE '%division by zero%'"), 15, what="the failure in the history")
    with pytest.raises(psycopg.errors.DivisionByZero):
        conn.execute("REFRESH STREAM TABLE bad")
    assert rows(conn, "SELECT q FROM bad") == [(10,)], "a failed refresh changes nothing"
    conn.execute("UPDATE t SET v = 5")
    conn.execute("REFRESH STREAM TABLE bad, good")
    assert rows(conn, "SELECT q, s FROM bad, good") == [(2, 5)]
