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


# A diamond over one table whose tip shows both of its ways; each way alone says the same total.
BRANCHES = {"b": "SELECT g, sum(v) AS v FROM t GROUP BY g", "c": "SELECT h, sum(v) AS v FROM t GROUP BY h"}
TIP = "SELECT (SELECT sum(v) FROM b) AS by_g, (SELECT sum(v) FROM c) AS by_h"
AGREE = """SELECT by_g = (SELECT sum(v) FROM b) AND by_h = (SELECT sum(v) FROM c) AND by_g = by_h,
           concat_ws(' ', by_g, (SELECT sum(v) FROM b), by_h, (SELECT sum(v) FROM c)) FROM tip"""


def branches(conn, schedule):
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, g int, h int, v int);"
                 "INSERT INTO t SELECT i, i % 7, i % 11, i FROM generate_series(1, 500) i")
    for name, query in BRANCHES.items():
        conn.execute(f"CREATE STREAM TABLE {name} WITH (schedule = '{schedule}', refresh_mode = 'DIFFERENTIAL') AS {query}")


class TipReader(threading.Thread):
    """Looks at the tip whenever there is one."""

    def __init__(self, connect, stop):
        super().__init__(daemon=True)
        self.connect, self.stop_event = connect, stop
        self.splits, self.reads, self.error = [], 0, None

    def run(self):
        try:
            with self.connect() as conn:
                while not self.stop_event.is_set():
                    try:
                        good, value = conn.execute(AGREE).fetchone()
                    except psycopg.errors.UndefinedTable:
                        continue
                    self.reads += 1
                    if not good:
                        self.splits.append(value)
        except psycopg.Error as e:
            self.error = e


def endless(connect, statement, stop, errors):
    def run():
        try:
            with connect() as conn:
                n = 0
                while not stop.is_set():
                    conn.execute(statement, [n := n + 1])
        except psycopg.Error as e:
            errors.append(e)
    return threading.Thread(target=run, daemon=True)


@pytest.mark.parametrize("how", ["alone", "extended", "in a block"])
def test_a_tip_agrees_with_its_branches_from_its_first_moment(weir, pg, db, conn, how):
    """The tip of a diamond is created and dropped while its branches are refreshed all the time."""
    branches(conn, "50ms")
    stop, errors = threading.Event(), []
    readers = [TipReader(lambda: pg.connect(db, "app", prepare_threshold=None), stop) for _ in range(2)]
    writer = endless(lambda: weir.connect(db), "UPDATE t SET v = v + 1 WHERE id = %s %% 500 + 1", stop, errors)
    for t in [writer, *readers]:
        t.start()
    created = 0
    while created < SECONDS / 3:
        sql = f"CREATE STREAM TABLE tip WITH (schedule = '10s', refresh_mode = 'DIFFERENTIAL') AS {TIP}"
        if how == "in a block":
            conn.execute("BEGIN")
            conn.execute(sql)
            time.sleep(0.2)  # time for what could refresh the branches
            conn.execute("COMMIT")
        elif how == "alone":
            conn.execute(sql)
        else:
            conn.pgconn.exec_params(sql.encode(), [])
        created += 1
        time.sleep(0.05)
        conn.execute("DROP STREAM TABLE tip")
    stop.set()
    for t in [writer, *readers]:
        t.join(30)
        assert not t.is_alive()
    assert not errors and not [r.error for r in readers if r.error]
    splits = [s for r in readers for s in r.splits]
    assert not splits, f"{len(splits)} splits in {created} creations, first {splits[:3]}"
    assert created >= 5 and min(r.reads for r in readers) > 20


def test_a_slow_creation_of_a_tip_ends_with_all_at_one_snapshot(weir, pg, db, conn):
    """While the tip is being filled its branches are refreshed, and nobody waits."""
    branches(conn, "1h")
    conn.execute("CREATE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS"
                 " 'BEGIN IF $1 = 0 THEN PERFORM pg_sleep(1); END IF; RETURN $1; END'")
    query = "SELECT b.g AS g, b.v AS by_g, c.v AS by_h FROM b JOIN c ON b.g = c.h"
    agree = f"SELECT NOT EXISTS (({query} EXCEPT ALL TABLE tip) UNION ALL (TABLE tip EXCEPT ALL {query})) AND" \
            " (SELECT sum(v) FROM b) = (SELECT sum(v) FROM c)"
    done = []

    def creation():
        with weir.connect(db) as c:
            c.execute(f"CREATE STREAM TABLE tip WITH (schedule = '1h', refresh_mode = 'DIFFERENTIAL') AS"
                      f" {query.replace('b.g AS', 'slow(b.g) AS')}")
            done.append(one(c, agree))

    t = threading.Thread(target=creation, daemon=True)
    t.start()
    with pg.connect(db) as su:
        wait_until(lambda: one(su, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") > 0, 20,
                   what="population")
    conn.execute("SET statement_timeout = '900ms'")
    conn.execute("UPDATE t SET v = v + 1")
    conn.execute("REFRESH STREAM TABLE b")
    conn.execute("UPDATE t SET v = v + 1")
    t.join(30)
    assert done == [True]
    conn.execute("SET statement_timeout = '30s'")
    conn.execute("REFRESH STREAM TABLE tip")
    assert one(conn, agree)
    assert one(conn, "SELECT sum(v) FROM b") == one(conn, "SELECT sum(v) FROM t")


def locked_branch(pg, db, name):
    """A session in whose transaction, so it seems, the stream table is being refreshed."""
    su = pg.connect(db)
    su.execute("SELECT pg_advisory_lock(2003134834, t.id::int) FROM pgtrickle_data.stream_tables t WHERE t.facade = %s::regclass",
               [name])
    return su


def test_who_waits_has_not_failed(pg, db, weir, conn):
    """A transaction that keeps refreshes away for long suspends nothing."""
    branches(conn, "100ms")
    with locked_branch(pg, db, "b"):
        conn.execute("UPDATE t SET v = v + 1")
        wait_until(lambda: "55P03" in weir.tail(), 30, what="the end of a wait")
        assert rows(conn, "SELECT pgt_name, consecutive_errors FROM pgtrickle.stream_tables_info ORDER BY 1") == [("b", 0), ("c", 0)]
    wait_until(lambda: one(conn, "SELECT sum(v) FROM b") == one(conn, "SELECT sum(v) FROM t"), 30, what="refresh")
    assert rows(conn, "SELECT status FROM pgtrickle.get_refresh_history('b') WHERE status = 'FAILED'") == []


def leftovers(su):
    return rows(su, "SELECT relname FROM pg_class WHERE relname ~ '^(def|state|st|exec|pending)_[0-9]' AND relkind IN ('r', 'v')"
                    " UNION ALL SELECT status FROM pgtrickle_data.stream_tables WHERE status <> 'active' ORDER BY 1")


def waits_for_lock(su):
    return one(su, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = 2003134834 AND objid > 0") > 0


@pytest.mark.parametrize("how", ["cancelled", "killed"])
def test_a_tip_that_is_given_up_leaves_nothing(weir, pg, db, conn, how):
    """Between the transactions of a creation: what was made goes, and nothing stays locked."""
    branches(conn, "1h")
    with pg.connect(db) as su:
        before = leftovers(su)
        with locked_branch(pg, db, "c"):
            other = weir.connect(db)
            failed = []

            def creation():
                try:
                    other.execute(f"CREATE STREAM TABLE tip WITH (schedule = '1h') AS {TIP}")
                except psycopg.Error as e:
                    failed.append(e)

            t = threading.Thread(target=creation, daemon=True)
            t.start()
            wait_until(lambda: waits_for_lock(su), what="the creation")
            assert leftovers(su) != before
            if how == "cancelled":
                other.cancel()
            else:
                weir.kill()
            t.join(30)
            assert failed and not t.is_alive()
        if how == "cancelled":
            assert isinstance(failed[0], psycopg.errors.QueryCanceled), failed
            assert leftovers(su) == before
            assert one(other, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()") == 0
        else:
            weir.start()
            weir.wait_installed(db)
            wait_until(lambda: leftovers(su) == before, 30, what="housekeeping")
        with weir.connect(db) as c:
            c.execute(f"CREATE STREAM TABLE tip WITH (schedule = '1h') AS {TIP}")
            assert c.execute(AGREE).fetchone()[0]
            assert one(su, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 2003134834") == 0


def test_a_tip_over_branches_of_somebody_elses_tables(pg, db):
    """In a block, where neither the creator nor weir may lock what is below: the branches as they are, which stand still."""
    pg.role("keeper")
    pg.role("reader")
    with pg.connect(db) as su:
        su.execute(f"GRANT CREATE ON DATABASE {db} TO keeper")
        su.execute("GRANT CREATE ON SCHEMA public TO reader")
    with Weir(pg, user="keeper", dbname=db) as weir:
        weir.wait_installed(db)
        with weir.connect(db) as owner, weir.connect(db, "reader") as c:
            branches(owner, "1h")
            owner.execute("GRANT SELECT ON b, c TO reader")
            owner.execute("UPDATE t SET v = v + 1")
            owner.execute("REFRESH STREAM TABLE b")
            said = []
            c.add_notice_handler(lambda d: said.append(d.message_primary))
            c.execute("BEGIN")
            c.execute(f"CREATE STREAM TABLE tip WITH (schedule = '1h') AS {TIP}")
            assert any("may not lock" in s for s in said), said
            owner.execute("UPDATE t SET v = v + 1")  # does not wait
            owner.execute("SET statement_timeout = '300ms'")
            with pytest.raises(psycopg.errors.QueryCanceled):
                owner.execute("BEGIN; REFRESH STREAM TABLE c")
            owner.execute("ROLLBACK")
            c.execute("COMMIT")
            assert c.execute("TABLE tip").fetchone() == (one(c, "SELECT sum(v) FROM b"), one(c, "SELECT sum(v) FROM c"))
            c.execute("REFRESH STREAM TABLE tip")
            assert c.execute(AGREE).fetchone()[0]
            # Outside of a block no right of anybody's is needed.
            c.execute("DROP STREAM TABLE tip")
            owner.execute("RESET statement_timeout; UPDATE t SET v = v + 1; REFRESH STREAM TABLE b")
            c.execute(f"CREATE STREAM TABLE tip WITH (schedule = '1h') AS {TIP}")
            assert c.execute(AGREE).fetchone()[0]


def test_a_branch_that_cannot_be_refreshed_is_named(weir, pg, db, conn):
    branches(conn, "1h")
    conn.execute("CREATE STREAM TABLE odd WITH (schedule = '1h') AS SELECT g, sum(100 / v) AS v FROM t GROUP BY g")
    conn.execute("UPDATE t SET v = 0 WHERE id = 1")
    with pg.connect(db) as su:
        before = leftovers(su)
        with pytest.raises(psycopg.errors.DivisionByZero) as e:
            conn.execute("CREATE STREAM TABLE tip WITH (schedule = '1h') AS SELECT b.g, b.v, odd.v AS w FROM b JOIN odd USING (g)")
        assert '"odd"' in e.value.diag.message_hint
        assert leftovers(su) == before
    conn.execute("UPDATE t SET v = 1 WHERE id = 1")
    conn.execute("CREATE STREAM TABLE tip WITH (schedule = '1h') AS SELECT b.g, b.v, odd.v AS w FROM b JOIN odd USING (g)")
    assert one(conn, "SELECT sum(v) FROM tip") == one(conn, "SELECT sum(v) FROM t")


def test_refresh_of_what_a_transaction_with_an_old_snapshot_created(weir, pg, db, conn):
    """What was committed between its snapshot and its creation is in neither, so it has to be read again."""
    branches(conn, "1h")
    with weir.connect(db) as c:
        c.execute("CREATE TABLE u (id int PRIMARY KEY, v int); INSERT INTO u VALUES (1, 1)")
        c.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        assert one(c, "SELECT count(*) FROM u") == 1
        conn.execute("INSERT INTO u VALUES (2, 2)")
        c.execute("CREATE STREAM TABLE st WITH (schedule = '1h') AS SELECT id, v FROM u")
        c.execute("REFRESH STREAM TABLE st")
        assert one(c, "SELECT count(*) FROM st") == 1
        c.execute("COMMIT")
        c.execute("REFRESH STREAM TABLE st")
        assert one(c, "SELECT count(*) FROM st") == 2
