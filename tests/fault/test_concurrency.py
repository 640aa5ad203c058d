"""Writers, refreshes and readers at once, on a diamond and a nested diamond."""

import os
import threading
import time

import psycopg
import pytest

import workload
from harness import Weir, one, rows, wait_until

SECONDS = float(os.environ.get("WEIR_FAULT_SECONDS", "20"))


class Reader(threading.Thread):
    """Compares branches and tips, each comparison in one statement."""

    def __init__(self, connect, stop):
        super().__init__(daemon=True)
        self.connect, self.stop_event = connect, stop
        self.splits, self.seen, self.reads, self.error = [], {}, 0, None

    def run(self):
        try:
            with self.connect() as conn:
                while not self.stop_event.is_set():
                    for name, sql in workload.INVARIANTS.items():
                        good, value = conn.execute(sql).fetchone()
                        self.reads += 1
                        self.seen.setdefault(name, set()).add(value)
                        if not good:
                            self.splits.append((name, value))
        except psycopg.Error as e:
            self.error = e


class Refresher(threading.Thread):
    def __init__(self, connect, names, stop):
        super().__init__(daemon=True)
        self.connect, self.names, self.stop_event = connect, names, stop
        self.count, self.error = 0, None

    def run(self):
        try:
            with self.connect() as conn:
                while not self.stop_event.is_set():
                    conn.execute(f"REFRESH STREAM TABLE {self.names[self.count % len(self.names)]}")
                    self.count += 1
                    time.sleep(0.05)
        except psycopg.Error as e:
            self.error = e


@pytest.mark.parametrize("pool_mode", ["session", "transaction"])
def test_no_split_and_nothing_lost(pg, db, pool_mode):
    with Weir(pg, {"pool_mode": pool_mode, "default_pool_size": "20"}, dbname=db) as weir:
        weir.wait_installed(db)
        with weir.connect(db) as conn:
            workload.create(conn, schedule="1s")
        stop = threading.Event()

        def through():
            return weir.connect(db, prepare_threshold=None)

        def around():
            return pg.connect(db, "app")

        writers = [workload.Writer(around if n % 4 == 3 else through, n, stop, seed=len(pool_mode)) for n in range(8)]
        readers = [Reader(through, stop), Reader(around, stop)]
        refreshers = [Refresher(through, ["exec_summary", "e", "d"], stop),
                      Refresher(through, ["revenue_by_region", "c", "a, b"], stop)]
        everyone = writers + readers + refreshers
        for t in everyone:
            t.start()
        time.sleep(SECONDS if pool_mode == "session" else SECONDS / 2)
        stop.set()
        for t in everyone:
            t.join(30)
            assert not t.is_alive(), f"{type(t).__name__} hangs"
        errors = [f"{type(t).__name__}: {t.error}" for t in everyone if t.error]
        assert not errors, errors
        splits = [s for r in readers for s in r.splits]
        assert not splits, f"{len(splits)} splits, first {splits[:3]}"

        # The run must have been one that could fail.
        assert sum(w.commits for w in writers) > 50 and sum(w.rollbacks for w in writers) > 5
        assert min(r.reads for r in readers) > 50 and min(r.count for r in refreshers) > 5
        for name in workload.INVARIANTS:
            assert len(set().union(*(r.seen[name] for r in readers))) > 5, f"{name} hardly changed"

        with weir.connect(db) as conn:
            workload.assert_acked(conn, writers)
            conn.execute("REFRESH STREAM TABLE " + ", ".join(workload.STREAMS))
            workload.assert_equal(conn)
            for name in workload.STREAMS:
                history = rows(conn, "SELECT action, status, error_message FROM pgtrickle.get_refresh_history(%s::text, 10000)", [name])
                failed = [h for h in history if h[1] == "FAILED"]
                assert not failed, (name, failed[:3])
                assert len([h for h in history if h[0] == "DIFFERENTIAL"]) > 5, name


def test_late_commit_is_not_lost(weir, pg, db, conn):
    """A transaction that wrote before a refresh and commits after it, and one older than both."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)")
    conn.execute("CREATE STREAM TABLE st WITH (schedule = '1h', refresh_mode = 'DIFFERENTIAL') AS SELECT sum(v) AS s FROM t")
    with weir.connect(db) as first, pg.connect(db, "app") as second:
        first.execute("BEGIN; INSERT INTO t VALUES (2, 10)")
        second.execute("BEGIN; INSERT INTO t VALUES (3, 100)")
        conn.execute("INSERT INTO t VALUES (4, 1000)")
        conn.execute("REFRESH STREAM TABLE st")
        assert one(conn, "SELECT s FROM st") == 1001
        second.execute("COMMIT")
        conn.execute("REFRESH STREAM TABLE st")
        assert one(conn, "SELECT s FROM st") == 1101
        conn.execute("INSERT INTO t VALUES (5, 10000)")
        conn.execute("REFRESH STREAM TABLE st")
        first.execute("COMMIT")
        conn.execute("REFRESH STREAM TABLE st")
        assert one(conn, "SELECT s FROM st") == 11111


def test_creation_beside_writers(weir, pg, db, conn):
    """Stream tables created while others write, some over transactions that stay open across the creation."""
    conn.execute(workload.TABLES)
    conn.execute("INSERT INTO sales (region, product_id, amount, writer) SELECT 'r', i, i, i % 8 FROM generate_series(1, 400) i")
    conn.execute("INSERT INTO s1 (k, v, writer) SELECT i % 6, i, i % 8 FROM generate_series(1, 120) i")
    stop = threading.Event()
    writers = [workload.Writer(lambda: pg.connect(db, "app"), n, stop, seed=3) for n in range(4)]
    for w in writers:
        w.start()
    for name in ("revenue_by_region", "revenue_by_product", "a", "b"):
        time.sleep(0.3)
        conn.execute(f"CREATE STREAM TABLE {name} WITH (schedule = '1h') AS {workload.STREAMS[name]}")
    stop.set()
    for w in writers:
        w.join(30)
        assert w.error is None, w.error
    assert sum(w.commits for w in writers) > 5
    conn.execute("REFRESH STREAM TABLE revenue_by_region, revenue_by_product, a, b")
    workload.assert_equal(conn, ["revenue_by_region", "revenue_by_product", "a", "b"])


def test_creation_does_not_wait_for_readers_or_hold_up_writers(weir, pg, db, conn):
    """While a large creation populates, a writer's statement comes back at once."""
    conn.execute("CREATE TABLE big (id int PRIMARY KEY, g int); INSERT INTO big SELECT i, i % 1000 FROM generate_series(1, 300000) i")
    conn.execute("CREATE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS"
                 " 'BEGIN IF $1 = 300000 THEN PERFORM pg_sleep(2); END IF; RETURN $1; END'")
    done = threading.Event()

    def creation():
        with weir.connect(db) as c:
            c.execute("CREATE STREAM TABLE st WITH (schedule = '1h') AS SELECT slow(id) AS id, g FROM big")
        done.set()

    t = threading.Thread(target=creation, daemon=True)
    t.start()
    with pg.connect(db) as su:
        wait_until(lambda: one(su, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") > 0, 20,
                   what="population")
    assert not done.is_set()
    begin = time.monotonic()
    with pg.connect(db, "app") as c:
        c.execute("UPDATE big SET g = -1 WHERE id = 5")
    assert time.monotonic() - begin < 1.0 and not done.is_set(), "the writer waited for the creation"
    t.join(30)
    conn.execute("REFRESH STREAM TABLE st")
    assert one(conn, "SELECT g FROM st WHERE id = 5") == -1


def test_two_refreshes_at_once(weir, db, conn):
    """Sessions that refresh the same stream table, and parents and children, never deadlock."""
    workload.create(conn, schedule="1h")
    stop = threading.Event()
    groups = [["exec_summary"], ["revenue_by_product", "revenue_by_region"], ["e", "a", "d"], ["e, exec_summary", "b, c"]]
    refreshers = [Refresher(lambda: weir.connect(db), g, stop) for g in groups]
    for r in refreshers:
        r.start()
    for i in range(40):
        conn.execute("UPDATE sales SET amount = amount + 1 WHERE id %% 40 = %s", [i])
        conn.execute("UPDATE s1 SET v = v + 1 WHERE id %% 40 = %s", [i])
    stop.set()
    for r in refreshers:
        r.join(30)
        assert r.error is None, r.error
        assert r.count > 0
    conn.execute("REFRESH STREAM TABLE " + ", ".join(workload.STREAMS))
    workload.assert_equal(conn)
