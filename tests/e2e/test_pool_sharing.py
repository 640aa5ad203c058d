"""Many clients, few servers: limits, queues, settings that stay with their client, cancels, deaths."""

import threading
import time

import harness
import psycopg
import pytest
from conftest import COPY_DONE, FLUSH, SYNC, Wire, bind, execute, fields, parse, query, types


@pytest.fixture(autouse=True)
def no_prepared_statements(monkeypatch):
    """psycopg prepares what it has sent five times; in transaction mode that is another matter."""
    connect = harness.Weir.connect
    monkeypatch.setattr(harness.Weir, "connect", lambda self, *a, **k: connect(self, *a, prepare_threshold=None, **k))


def backend(c):
    return harness.one(c, "SELECT pg_backend_pid()")


def servers(pg, user="app", database="shop"):
    """Backends of weir's (not of the tests' own connections)."""
    with pg.connect() as c:
        return [r[0] for r in harness.rows(c, "SELECT pid FROM pg_stat_activity WHERE usename = %s AND datname = %s",
                                           [user, database])]


def terminate(pg, pid):
    with pg.connect() as c:
        c.execute("SELECT pg_terminate_backend(%s)", [pid])


# ---- limits ----

def test_pool_size_holds_for_the_process(weir, pg):
    w = weir(pool_mode="transaction", default_pool_size=3, workers=2)
    clients = [w.connect("shop") for _ in range(20)]
    seen, most = set(), []
    stop = threading.Event()

    def work(c):
        while not stop.is_set():
            seen.add(harness.one(c, "SELECT pg_backend_pid() FROM pg_sleep(0.002)"))

    threads = [threading.Thread(target=work, args=(c,)) for c in clients]
    for t in threads:
        t.start()
    for _ in range(10):
        time.sleep(0.1)
        most.append(len(servers(pg)))
    stop.set()
    for t in threads:
        t.join()
    assert max(most) <= 3 and len(seen) == 3
    for c in clients:
        c.close()


def test_no_client_waits_while_a_server_is_idle_elsewhere(weir, pg):
    """One server, clients on several workers, one at a time: each must get it, without waiting."""
    w = weir(pool_mode="transaction", default_pool_size=1, workers=4)
    clients = [w.connect("shop") for _ in range(8)]
    pids = set()
    start = time.monotonic()
    for _ in range(50):
        for c in clients:
            pids.add(backend(c))
    assert len(pids) == 1
    assert time.monotonic() - start < 5
    for c in clients:
        c.close()


def test_waiting_is_first_come_first_served(weir, pg):
    with pg.connect("shop", user="app") as c:
        c.execute("CREATE SEQUENCE IF NOT EXISTS turn")
    w = weir(pool_mode="transaction", default_pool_size=1, workers=2)
    holder = w.connect("shop", autocommit=False)
    holder.execute("SELECT 1")
    turns, threads = {}, []

    def wait(i):
        with w.connect("shop") as c:
            ready[i].set()
            go[i].wait()
            turns[i] = harness.one(c, "SELECT nextval('turn')")

    ready = [threading.Event() for _ in range(8)]
    go = [threading.Event() for _ in range(8)]
    for i in range(8):
        threads.append(threading.Thread(target=wait, args=(i,)))
        threads[-1].start()
        ready[i].wait()
    for g in go:
        g.set()
        time.sleep(0.03)
    holder.rollback()
    for t in threads:
        t.join()
    assert sorted(turns, key=turns.get) == list(range(8))
    holder.close()


def test_query_wait_timeout(weir):
    w = weir(pool_mode="transaction", default_pool_size=1, query_wait_timeout="300ms")
    with w.connect("shop", autocommit=False) as holder:
        holder.execute("SELECT 1")
        with w.connect("shop") as c:
            start = time.monotonic()
            with pytest.raises(psycopg.OperationalError, match="query_wait_timeout"):
                c.execute("SELECT 1")
            assert 0.2 < time.monotonic() - start < 2
        assert harness.one(holder, "SELECT 1") == 1


def test_a_client_that_leaves_the_queue_takes_no_server(weir):
    w = weir(pool_mode="transaction", default_pool_size=1)
    holder = w.connect("shop", autocommit=False)
    holder.execute("SELECT 1")
    with Wire(w.port) as a:
        a.login()
        a.send(query("SELECT 1"))
        time.sleep(0.1)
    holder.rollback()
    with w.connect("shop") as c:
        assert harness.one(c, "SELECT 1") == 1
    holder.close()


def test_session_mode_keeps_a_server(weir):
    w = weir(default_pool_size=1)
    c = w.connect("shop")
    pid = backend(c)
    c.execute("CREATE TEMP TABLE mine(i int); SET work_mem = '7MB'; PREPARE p AS SELECT 1; LISTEN x")
    assert backend(c) == pid and harness.one(c, "SELECT count(*) FROM mine") == 0
    c.close()
    with w.connect("shop") as d:
        assert backend(d) == pid
        assert harness.one(d, "SELECT to_regclass('pg_temp.mine') IS NULL")
        assert harness.one(d, "SHOW work_mem") != "7MB"
        assert harness.one(d, "SELECT count(*) FROM pg_prepared_statements") == 0


def test_pool_per_user_and_forced_user(weir, pg):
    w = weir(pool_mode="transaction", databases={
        "shop": f"host=127.0.0.1 port={pg.port}", "forced": f"host=127.0.0.1 port={pg.port} dbname=shop user=other"})
    with w.connect("shop") as a, w.connect("shop", user="other") as b, w.connect("forced") as c:
        assert harness.one(a, "SELECT current_user") == "app"
        assert harness.one(b, "SELECT current_user") == "other"
        assert harness.one(c, "SELECT current_user") == "other"


def test_pool_mode_per_database_and_user(weir, pg):
    w = weir(pool_mode="session", default_pool_size=1, databases={
        "shop": f"host=127.0.0.1 port={pg.port} pool_mode=transaction"})
    with w.connect("shop") as a, w.connect("shop") as b:
        assert backend(a) == backend(b)


# ---- age ----

def test_server_idle_timeout(weir, pg):
    w = weir(pool_mode="transaction", server_idle_timeout="300ms")
    with w.connect("shop") as c:
        pid = backend(c)
        harness.wait_until(lambda: pid not in servers(pg), 5, what="end of the idle server")
        assert backend(c) != pid


def test_server_lifetime(weir, pg):
    w = weir(pool_mode="transaction", server_lifetime="300ms")
    with w.connect("shop") as c:
        pid = backend(c)
        time.sleep(0.6)
        assert backend(c) != pid


def test_lifetime_zero_uses_a_server_once(weir):
    w = weir(pool_mode="transaction", server_lifetime=0, default_pool_size=1)
    with w.connect("shop") as c:
        pids = [backend(c) for _ in range(4)]
        assert len(set(pids)) == 4


def test_server_check(weir, pg):
    w = weir(pool_mode="transaction", server_check_delay="100ms", server_check_query="select 42")
    with w.connect("shop") as c:
        pid = backend(c)
        time.sleep(0.3)
        assert backend(c) == pid


def test_client_idle_timeout(weir):
    w = weir(client_idle_timeout="300ms")
    with Wire(w.port) as a:
        a.login()
        assert fields(a.read()[1])["M"] == "client_idle_timeout" and a.read() is None


def test_idle_transaction_timeout(weir, pg):
    w = weir(pool_mode="transaction", idle_transaction_timeout="300ms", default_pool_size=1)
    with Wire(w.port) as a, w.connect("shop") as b:
        a.login()
        a.send(query("BEGIN"))
        a.until("Z")
        assert fields(a.read()[1])["M"] == "idle_transaction_timeout" and a.read() is None
        assert harness.one(b, "SELECT 1") == 1


# ---- settings follow the client ----

def test_settings_follow_their_client(weir):
    w = weir(pool_mode="transaction", default_pool_size=1)
    with w.connect("shop", application_name="a") as a, w.connect("shop", application_name="b") as b:
        a.execute("SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'; SET IntervalStyle = 'iso_8601'")
        b.execute("SET client_encoding = 'LATIN1'")
        for _ in range(3):
            assert harness.rows(a, "SELECT current_setting('TimeZone'), current_setting('DateStyle'),"
                                " current_setting('IntervalStyle'), current_setting('application_name'),"
                                " current_setting('client_encoding')") == [
                ("Asia/Tokyo", "German, DMY", "iso_8601", "a", "UTF8")]
            assert harness.rows(b, "SELECT current_setting('TimeZone'), current_setting('DateStyle'),"
                                " current_setting('application_name'), current_setting('client_encoding')") == [
                ("UTC", "ISO, MDY", "b", "LATIN1")]


def test_a_setting_rolled_back(weir):
    w = weir(pool_mode="transaction", default_pool_size=1)
    with w.connect("shop") as a, w.connect("shop") as b:
        a.execute("BEGIN; SET TimeZone = 'Asia/Tokyo'")
        a.execute("ROLLBACK")
        assert harness.one(b, "SHOW TimeZone") == "UTC" and harness.one(a, "SHOW TimeZone") == "UTC"


# ---- clients that leave ----

@pytest.mark.parametrize("mode", ["session", "transaction"])
@pytest.mark.parametrize("last", [
    query("BEGIN; CREATE TABLE left_over(i int)"),
    query("BEGIN; SELECT 1/0"),
    query("SELECT pg_sleep(60)"),
    query("SELECT repeat('x', 1000) FROM generate_series(1, 200000)"),
    query("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 200000)) TO STDOUT"),
    query("CREATE TEMP TABLE IF NOT EXISTS c(i int); COPY c FROM STDIN"),
    parse("SELECT 1") + bind() + execute() + FLUSH,
    parse("SELECT 1") + bind(),
    query("SELECT 1")[:-5],
    parse("SELECT length($1)")  + b"B\0\1\0\0" + b"x" * 30000,
])
def test_a_client_leaves_in_the_middle(weir, pg, mode, last):
    w = weir(pool_mode=mode, default_pool_size=1)
    with Wire(w.port) as a:
        a.login()
        a.send(last)
        time.sleep(0.2)
    with w.connect("shop") as c:
        assert harness.rows(c, "SELECT 1, to_regclass('left_over'), pg_current_xact_id_if_assigned()") == [(1, None, None)]
    harness.wait_until(lambda: len(servers(pg)) <= 1, 5, what="end of abandoned work")


# ---- servers that die ----

@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_a_killed_server_is_told_to_its_client_only(weir, pg, mode):
    w = weir(pool_mode=mode, default_pool_size=4)
    with w.connect("shop") as witness, Wire(w.port) as a:
        assert harness.one(witness, "SELECT 1") == 1
        a.login()
        a.send(query("BEGIN; SELECT pg_backend_pid()"))
        pid = int(dict(a.until("Z")[:-1])["D"][6:])
        terminate(pg, pid)
        m = a.until("E")[-1]
        assert fields(m[1])["C"] == "57P01" and fields(m[1])["S"] == "FATAL"
        assert a.read() is None
        assert harness.one(witness, "SELECT 1") == 1


def test_a_server_killed_without_a_word(weir, pg):
    w = weir(pool_mode="transaction", default_pool_size=2)
    with Wire(w.port) as a:
        a.login()
        a.send(query("BEGIN; SELECT pg_backend_pid()"))
        a.until("Z")
        a.send(query("SELECT pg_sleep(10)"))
        time.sleep(0.2)
        # The postmaster restarts everybody after a crash, the victim itself says nothing.
        pid = servers(pg)[0]
        harness.run(["/bin/kill", "-9", str(pid)])
        m = a.until("E")[-1]
        assert fields(m[1])["C"] in ("08006", "57P02") and a.read() is None
    harness.wait_until(pg.is_up)
    def works():
        try:
            with w.connect("shop") as c:
                return harness.one(c, "SELECT 1") == 1
        except psycopg.OperationalError:
            return False
    harness.wait_until(works, 20)


def test_idle_servers_killed_are_replaced(weir, pg):
    w = weir(pool_mode="transaction", default_pool_size=2)
    with w.connect("shop") as c:
        for _ in range(10):
            terminate(pg, backend(c))
            time.sleep(0.05)
            assert harness.one(c, "SELECT 1") == 1


def test_login_is_tried_again(weir, pg):
    """Nobody waits for a server that cannot be had; later it is tried again."""
    port = harness.free_port()
    w = weir(pool_mode="transaction", server_login_retry="500ms",
             databases={"shop": f"host=127.0.0.1 port={port}"})
    with pytest.raises(psycopg.OperationalError, match="refused"):
        w.connect("shop")
    start = time.monotonic()
    with pytest.raises(psycopg.OperationalError, match="refused"):
        w.connect("shop")
    assert time.monotonic() - start < 0.4
    w.databases["shop"] = f"host=127.0.0.1 port={pg.port}"
    w.write_ini()
    w.process.send_signal(1)
    time.sleep(0.6)
    with w.connect("shop") as c:
        assert harness.one(c, "SELECT 1") == 1


def test_clients_wait_while_the_server_has_other_connections(weir, pg):
    """The server refuses one more (53300), but those it gave still work: the queue goes on."""
    with pg.connect() as c:
        c.execute("ALTER ROLE other CONNECTION LIMIT 2")
    try:
        w = weir(pool_mode="transaction", default_pool_size=5, server_login_retry="200ms")
        clients = [w.connect("shop", user="other") for _ in range(6)]
        threads = [threading.Thread(target=lambda c=c: [c.execute("SELECT pg_sleep(0.01)") for _ in range(20)])
                   for c in clients]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        for c in clients:
            assert harness.one(c, "SELECT 1") == 1
            c.close()
    finally:
        with pg.connect() as c:
            c.execute("ALTER ROLE other CONNECTION LIMIT -1")


# ---- cancel ----

@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_cancel(weir, mode):
    w = weir(pool_mode=mode, default_pool_size=1, workers=2)
    with Wire(w.port) as a:
        a.login()
        a.send(query("SELECT pg_sleep(30)"))
        time.sleep(0.2)
        start = time.monotonic()
        a.cancel(w.port)
        seen = a.until("Z")
        assert time.monotonic() - start < 3
        assert fields(seen[-2][1])["C"] == "57014"
        a.send(query("SELECT 1"))
        assert types(a.until("Z")) == "TDCZ"


def test_cancel_of_nothing(weir):
    w = weir(pool_mode="transaction", default_pool_size=1)
    with Wire(w.port) as a, w.connect("shop") as busy:
        a.login()
        t = threading.Thread(target=lambda: busy.execute("SELECT pg_sleep(0.5)"))
        t.start()
        time.sleep(0.1)
        a.cancel(w.port)
        a.key = (a.key[0], a.key[1] ^ 1)
        a.cancel(w.port)
        t.join()
        assert harness.one(busy, "SELECT 1") == 1


@pytest.mark.parametrize("what, rest", [
    (query("SELECT 1"), ""),
    (query("SELECT 1") + query("SELECT 2"), "TDCZ"),
    (parse("SELECT 1") + bind() + execute() + SYNC, ""),
    (parse("SELECT 1") + bind() + execute() + SYNC + query("SELECT 2"), "TDCZ"),
])
def test_cancel_while_waiting(weir, what, rest):
    w = weir(pool_mode="transaction", default_pool_size=1)
    holder = w.connect("shop", autocommit=False)
    holder.execute("SELECT 1")
    with Wire(w.port) as a:
        a.login()
        a.send(what)
        time.sleep(0.2)
        a.cancel(w.port)
        seen = a.until("Z")
        assert types(seen) == "EZ" and fields(seen[0][1])["C"] == "57014"
        holder.rollback()
        if rest:
            assert types(a.until("Z")) == rest
        a.send(query("SELECT 1"))
        assert types(a.until("Z")) == "TDCZ"
    holder.close()


def test_cancel_never_hits_another_client(weir):
    """Short statements and late cancels, over one server: only one's own statement may be canceled."""
    w = weir(pool_mode="transaction", default_pool_size=1)
    victim = w.connect("shop")
    stop = threading.Event()
    hit = []

    def innocent():
        while not stop.is_set():
            try:
                victim.execute("SELECT pg_sleep(0.001)")
            except psycopg.Error as e:
                hit.append(e)
                return

    t = threading.Thread(target=innocent)
    t.start()
    with Wire(w.port) as a:
        a.login()
        for i in range(100):
            a.send(query("SELECT pg_sleep(0.002)"))
            time.sleep(0.0003 * (i % 12))
            a.cancel(w.port)
            a.until("Z")
    stop.set()
    t.join()
    assert hit == []
    victim.close()


# ---- copy and pipelines over a shared server ----

def test_late_copy_data_does_not_block_the_pool(weir, pg):
    with pg.connect("shop", user="app") as c:
        c.execute("CREATE TABLE IF NOT EXISTS one(i int)")
    w = weir(pool_mode="transaction", default_pool_size=1)
    with Wire(w.port) as a, w.connect("shop") as b:
        a.login()
        a.send(query("COPY one FROM STDIN"))
        a.until("G")
        a.send(b"d\0\0\0\6x\n")
        a.until("Z")
        assert harness.one(b, "SELECT 1") == 1
        a.send(b"d\0\0\0\6y\n", COPY_DONE)
        assert a.quiet()
        assert harness.one(b, "SELECT 1") == 1
        a.send(query("SELECT 1"))
        assert types(a.until("Z")) == "TDCZ"


def test_an_open_batch_keeps_its_server(weir):
    w = weir(pool_mode="transaction", default_pool_size=1)
    with Wire(w.port) as a, Wire(w.port) as b:
        a.login()
        b.login()
        a.send(parse("SELECT 1"), bind(), execute(), FLUSH)
        assert types(a.until("C")) == "12DC"
        b.send(query("SELECT 2"))
        assert b.quiet()
        a.send(SYNC)
        assert types(a.until("Z")) == "Z"
        assert types(b.until("Z")) == "TDCZ"


def test_shutdown_tells_clients(weir):
    w = weir()
    with Wire(w.port) as a:
        a.login()
        w.stop()
        assert fields(a.read()[1])["C"] == "57P01"
