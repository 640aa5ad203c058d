"""What the functions of schema pgtrickle show, and what the scheduler promises."""

import time

import psycopg
import pytest

import workload
from harness import one, rows, wait_until


def notices(conn):
    heard = []
    conn.add_notice_handler(lambda d: heard.append(d.message_primary))
    return heard


def test_the_seeds_example_as_it_is_written(weir, db, conn):
    """Word by word from the document the project started from."""
    heard = notices(conn)
    conn.execute("CREATE TABLE sales (id bigserial PRIMARY KEY, region text NOT NULL, product_id bigint NOT NULL,"
                 " amount numeric(12,2) NOT NULL, created_at timestamptz NOT NULL DEFAULT now())")
    conn.execute("""SELECT pgtrickle.create_stream_table(
        'revenue_by_region',
        $$SELECT region, SUM(amount) AS revenue, COUNT(*) AS sale_count
          FROM sales GROUP BY region$$,
        schedule => '2s', refresh_mode => 'DIFFERENTIAL'
    )""")
    conn.execute("""SELECT pgtrickle.create_stream_table(
        'revenue_by_product',
        $$SELECT product_id, SUM(amount) AS revenue, COUNT(*) AS sale_count
          FROM sales GROUP BY product_id$$,
        schedule => '2s', refresh_mode => 'DIFFERENTIAL'
    )""")
    assert not [h for h in heard if "diamond" in h]
    conn.execute("""SELECT pgtrickle.create_stream_table(
        'exec_summary',
        $$SELECT
            'total' AS label,
            (SELECT SUM(revenue) FROM revenue_by_region) AS regional_total,
            (SELECT SUM(revenue) FROM revenue_by_product) AS product_total
        $$,
        schedule => '3s', refresh_mode => 'DIFFERENTIAL'
    )""")
    assert ('stream table "exec_summary" creates a diamond dependency via "sales" → ["revenue_by_region", "revenue_by_product"].'
            " Refresh scheduling will ensure frontier consistency.") in heard, heard
    conn.execute("INSERT INTO sales (region, product_id, amount) VALUES ('north', 1, 1000), ('south', 1, 500.5)")
    wait_until(lambda: rows(conn, "SELECT label, regional_total::text, product_total::text FROM exec_summary")
               == [("total", "1500.50", "1500.50")], 15, what="the scheduler's refresh")

    groups = rows(conn, "SELECT group_id, member_name, member_schema, is_convergence, epoch, schedule_policy"
                        " FROM pgtrickle.diamond_groups() ORDER BY member_name")
    assert [(g[1], g[2], g[3]) for g in groups] == [("exec_summary", "public", True), ("revenue_by_product", "public", False),
                                                     ("revenue_by_region", "public", False)]
    assert len({g[0] for g in groups}) == 1
    epoch = groups[0][4]
    assert epoch > 0, "the group was refreshed, so its epoch is not 0"
    conn.execute("INSERT INTO sales (region, product_id, amount) VALUES ('north', 2, 1); REFRESH STREAM TABLE exec_summary")
    assert one(conn, "SELECT max(epoch) FROM pgtrickle.diamond_groups()") > epoch

    tree = rows(conn, "SELECT tree_line, node, node_type, depth, status, refresh_mode FROM pgtrickle.dependency_tree()")
    assert {r[2] for r in tree} == {"stream_table", "source_table"}
    assert any("exec_summary" in r[1] and r[3] > 0 for r in tree) and any("sales" in r[1] for r in tree)
    below = rows(conn, "SELECT node FROM pgtrickle.dependency_tree('sales')")
    assert len({r[0] for r in below}) == 4
    above = rows(conn, "SELECT node FROM pgtrickle.dependency_tree('exec_summary')")
    assert len({r[0] for r in above}) == 4


def test_nested_diamonds(conn):
    heard = notices(conn)
    workload.create(conn, schedule="1h")
    said = " ".join(h for h in heard if "diamond" in h)
    for tip in ("exec_summary", "c", "e"):
        assert f'"{tip}" creates a diamond' in said, said
    convergence = {r[0] for r in rows(conn, "SELECT member_name FROM pgtrickle.diamond_groups() WHERE is_convergence")}
    assert {"exec_summary", "c", "e"} <= convergence
    members = {r[0] for r in rows(conn, "SELECT member_name FROM pgtrickle.diamond_groups()")}
    assert members == set(workload.STREAMS)
    conn.execute("DROP STREAM TABLE exec_summary")
    assert "revenue_by_region" not in {r[0] for r in rows(conn, "SELECT member_name FROM pgtrickle.diamond_groups()")}


def test_statements_are_quick_with_jit(pg, db, weir):
    """JIT, on by default, must not compile weir's catalog queries for seconds."""
    with pg.connect() as su:
        su.execute(f"ALTER DATABASE {db} SET jit = on")
    with weir.connect(db) as c:
        c.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)")
        c.execute("SET jit = on")  # the server connection may be older than the database's setting
        if not one(c, "SELECT pg_jit_available()"):
            pytest.skip("the server has no JIT")
        for sql in ("CREATE STREAM TABLE st WITH (schedule = '1h') AS SELECT sum(v) AS s FROM t", "UPDATE t SET v = 2",
                    "REFRESH STREAM TABLE st", "BEGIN; UPDATE t SET v = 3; REFRESH STREAM TABLE st; COMMIT", "DROP STREAM TABLE st"):
            begin = time.monotonic()
            c.execute(sql)
            assert time.monotonic() - begin < 1.0, sql


def test_status_and_history(conn):
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT i, i FROM generate_series(1, 100) i")
    conn.execute("CREATE STREAM TABLE st WITH (schedule = '1h', refresh_mode = 'DIFFERENTIAL') AS SELECT id, v FROM t")
    conn.execute("CREATE STREAM TABLE ft WITH (schedule = '1h', refresh_mode = 'FULL') AS SELECT id, v FROM t")
    status = rows(conn, "SELECT name, status, refresh_mode, is_populated, consecutive_errors, schedule FROM pgtrickle.pgt_status() ORDER BY 1")
    assert [(s[1], s[2], s[3], s[4]) for s in status] == [("ACTIVE", "FULL", True, 0), ("ACTIVE", "DIFFERENTIAL", True, 0)]
    assert one(conn, "SELECT count(*) FROM pgtrickle.stream_tables_info") == 2
    conn.execute("BEGIN; UPDATE t SET v = 0 WHERE id <= 3; DELETE FROM t WHERE id IN (10, 11); INSERT INTO t VALUES (200, 1); COMMIT")
    before = one(conn, "SELECT clock_timestamp()")
    conn.execute("REFRESH STREAM TABLE st, ft")
    h = rows(conn, "SELECT action, status, rows_inserted, rows_deleted, start_time, end_time, duration_ms"
                   " FROM pgtrickle.get_refresh_history('st', 1)")[0]
    assert h[0] == "DIFFERENTIAL" and h[1] == "COMPLETED"
    assert h[3] >= 2 and h[2] >= 1 and h[2] + h[3] <= 9, "rows as they are, not zero"
    assert before <= h[4] <= h[5] and h[6] is not None and h[6] > 0, "a real clock"
    assert one(conn, "SELECT action FROM pgtrickle.get_refresh_history('ft', 1)") == "FULL"
    explained = dict(rows(conn, "SELECT property, value FROM pgtrickle.explain_st('st')"))
    assert any("t" in str(v) for v in explained.values()) and len(explained) > 3
    assert one(conn, "SELECT count(*) FROM pgtrickle.get_refresh_history('st', 100)") >= 2


def test_nothing_changed_is_nothing_done(conn, pg, db):
    """No change: no history full of empty rows, no new row version in the storage, no transaction id spent."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)")
    conn.execute("CREATE STREAM TABLE st WITH (schedule = '1s') AS SELECT id, v FROM t")
    conn.execute("UPDATE t SET v = 2; REFRESH STREAM TABLE st")
    with pg.connect() as su:  # it spends transaction ids too
        su.execute("ALTER SYSTEM SET autovacuum = off")
        su.execute("SELECT pg_reload_conf()")
    time.sleep(2.5)
    with pg.connect(db, "app") as direct:
        n = one(direct, "SELECT count(*) FROM pgtrickle.get_refresh_history('st', 1000)")
        storage = one(direct, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        time.sleep(4)
        spent = one(direct, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint") - storage
        assert one(direct, "SELECT count(*) FROM pgtrickle.get_refresh_history('st', 1000)") == n
    with pg.connect() as su:
        su.execute("ALTER SYSTEM RESET autovacuum")
        su.execute("SELECT pg_reload_conf()")
    assert spent <= 3, f"{spent} transaction ids in four idle seconds"


def test_commit_wakes_what_is_due(conn, weir, db):
    """A schedule is an upper bound that a commit through weir does not have to wait out when the time has passed."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)")
    conn.execute("CREATE STREAM TABLE st WITH (schedule = '1s') AS SELECT sum(v) AS s FROM t")
    slowest = 0
    for i in range(5):
        time.sleep(1.3)
        begin = time.monotonic()
        conn.execute("UPDATE t SET v = v + 1")
        wait_until(lambda: one(conn, "SELECT s FROM st") == i + 2, 5, what="refresh after the commit")
        slowest = max(slowest, time.monotonic() - begin)
    assert slowest < 1.5, f"{slowest:.2f} s"


def test_writers_that_bypass_weir(conn, pg, db):
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)")
    conn.execute("CREATE STREAM TABLE st WITH (schedule = '1s') AS SELECT sum(v) AS s FROM t")
    with pg.connect(db, "app") as direct:
        direct.execute("UPDATE t SET v = 50")
        wait_until(lambda: one(direct, "SELECT s FROM st") == 50, 6, what="refresh after a write around weir")
    with pg.connect(db) as su:  # as logical replication would apply it
        su.execute("SET session_replication_role = replica; UPDATE t SET v = 60")
        wait_until(lambda: one(su, "SELECT s FROM st") == 60, 6, what="refresh after a replicated write")


def test_calculated_schedule(conn):
    """A stream table without a schedule of its own runs with its dependents."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)")
    conn.execute("CREATE STREAM TABLE low AS SELECT id, v FROM t")
    conn.execute("CREATE STREAM TABLE high WITH (schedule = '1s') AS SELECT sum(v) AS s FROM low")
    conn.execute("UPDATE t SET v = 7")
    wait_until(lambda: one(conn, "SELECT s FROM high") == 7, 6, what="refresh of both")
    assert rows(conn, "SELECT v FROM low") == [(7,)]


def test_buffers_do_not_grow_for_ever(conn, pg, db):
    """Consumed changes go away while writers go on."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT i, 0 FROM generate_series(1, 2000) i")
    conn.execute("CREATE STREAM TABLE st WITH (schedule = '1s') AS SELECT id, v FROM t")
    def size():
        with pg.connect(db) as su:
            return one(su, "SELECT coalesce(sum(pg_relation_size(c.oid)), 0)::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                           " WHERE nspname = 'pgtrickle_data' AND relname LIKE 'changes%' AND relkind = 'r'")
    peak = 0
    for _ in range(20):
        conn.execute("UPDATE t SET v = v + 1")
        conn.execute("REFRESH STREAM TABLE st")
        peak = max(peak, size())
    assert peak > 100_000, "the buffers were used"
    wait_until(lambda: size() < peak / 4, 60, every=0.5, what="emptied buffers")
    conn.execute("UPDATE t SET v = -1; REFRESH STREAM TABLE st")
    assert rows(conn, "SELECT DISTINCT v FROM st") == [(-1,)]


def test_facade_is_what_a_user_expects(conn, weir, db):
    """Grants, comments, rename of a source column, and a view on a stream table."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)")
    conn.execute("CREATE STREAM TABLE st WITH (schedule = '1h') AS SELECT id, v FROM t")
    conn.execute("COMMENT ON VIEW st IS 'kept fresh'; CREATE VIEW over_st AS SELECT v * 2 AS w FROM st")
    conn.execute("UPDATE t SET v = 5; REFRESH STREAM TABLE st")
    assert rows(conn, "SELECT w FROM over_st") == [(10,)]
    with pytest.raises(psycopg.errors.DependentObjectsStillExist):
        conn.execute("DROP STREAM TABLE st")


def test_second_weir_on_the_same_database(conn, weir, pg, db):
    """Two weirs: both take clients and statements; refreshes stay right."""
    from harness import Weir
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)")
    conn.execute("CREATE STREAM TABLE one_st WITH (schedule = '1s') AS SELECT sum(v) AS s FROM t")
    with Weir(pg, dbname=db) as other:
        other.wait_installed(db)
        with other.connect(db) as c2:
            c2.execute("CREATE STREAM TABLE two_st WITH (schedule = '1s') AS SELECT count(*) AS n, max(s) AS s FROM t, one_st")
            for i in range(2, 12):
                (conn if i % 2 else c2).execute("INSERT INTO t VALUES (%s, %s)", [i, i])
                (c2 if i % 2 else conn).execute("REFRESH STREAM TABLE two_st")
                assert rows(conn, "SELECT n, s FROM two_st") == [(i, i * (i + 1) // 2)]
            c2.execute("DROP STREAM TABLE two_st")
    conn.execute("INSERT INTO t VALUES (100, 100); REFRESH STREAM TABLE one_st")
    assert one(conn, "SELECT s FROM one_st") == 166


def test_restart_keeps_everything(pg, db):
    from harness import Weir
    with Weir(pg, dbname=db) as first:
        first.wait_installed(db)
        with first.connect(db) as c:
            c.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)")
            c.execute("CREATE STREAM TABLE st WITH (schedule = '1s') AS SELECT sum(v) AS s FROM t")
    with pg.connect(db, "app") as direct:
        direct.execute("INSERT INTO t VALUES (2, 20)")  # nobody is watching, capture is
    with Weir(pg, dbname=db) as second:
        with second.connect(db) as c:
            wait_until(lambda: one(c, "SELECT s FROM st") == 21, 15, what="refresh after the restart")
            c.execute("DROP STREAM TABLE st")


def test_auto_knows_from_the_population_what_full_costs(conn):
    """FULL is chosen by what it took to fill the stream table, before it was ever refreshed so."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL); INSERT INTO t SELECT n, n FROM generate_series(1, 60000) n")
    conn.execute("ANALYZE t")
    conn.execute("CREATE STREAM TABLE few WITH (schedule = '1h') AS SELECT id, a FROM t WHERE id < 10")
    assert float(one(conn, "SELECT value FROM pgtrickle.explain_st('few') WHERE property = 'full_ms'")) > 0
    conn.execute("UPDATE t SET a = a + 1 WHERE id BETWEEN 5 AND 3000")
    conn.execute("REFRESH STREAM TABLE few")
    # As if a change were dear: how dear it is, is the machine's to say.
    conn.execute("UPDATE pgtrickle_data.state SET diff_ms_per_row = 1000")
    conn.execute("UPDATE t SET a = a + 1 WHERE id BETWEEN 5 AND 3000")
    conn.execute("REFRESH STREAM TABLE few")
    did = rows(conn, "SELECT action, error_message FROM pgtrickle.get_refresh_history('few', 2) ORDER BY refresh_id")
    assert did[0][0] == "DIFFERENTIAL"  # what a change costs is not known before
    assert did[1][0] == "FULL" and "expected to take" in did[1][1], did
    assert rows(conn, "SELECT id, a FROM few ORDER BY id") == [(n, n + 2 * (n >= 5)) for n in range(1, 10)]


def test_auto_tries_a_full_refresh_before_it_believes_the_filling(conn):
    """What filling took says little of a full refresh: where a delta comes near it, AUTO finds out once, and then goes by that."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL); INSERT INTO t SELECT n, n FROM generate_series(1, 60000) n")
    conn.execute("ANALYZE t")
    conn.execute("CREATE STREAM TABLE few WITH (schedule = '1h') AS SELECT id, a FROM t WHERE id < 10")

    def refresh(cost):
        """Refreshes 3,000 changed rows, 5,992 images, as if a delta of them took `cost` times as long as a full refresh."""
        conn.execute("UPDATE pgtrickle_data.state SET full_ms = 1000, diff_ms_per_row = %s", [1000 * cost / 5992])
        conn.execute("UPDATE t SET a = a + 1 WHERE id BETWEEN 5 AND 3000")
        conn.execute("REFRESH STREAM TABLE few")
        return rows(conn, "SELECT action, error_message FROM pgtrickle.get_refresh_history('few', 1)")[0]

    assert refresh(0.2)[0] == "DIFFERENTIAL"
    action, reason = refresh(0.6)
    assert action == "FULL" and "to learn" in reason, reason
    assert refresh(0.6)[0] == "DIFFERENTIAL"
    action, reason = refresh(1.5)
    assert action == "FULL" and "a full refresh" in reason, reason
    # What it knows may be old: now and then it takes the other way, unless that is much dearer.
    for cost, usual, then in (0.6, "DIFFERENTIAL", "FULL"), (1.5, "FULL", "DIFFERENTIAL"), (0.3, "DIFFERENTIAL", "DIFFERENTIAL"), (3, "FULL", "FULL"):
        conn.execute("UPDATE pgtrickle_data.state SET epoch = 30")
        assert [refresh(cost)[0], refresh(cost)[0]] == [usual, then], cost
