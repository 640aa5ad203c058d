"""Change buffers: what the triggers write, what a reader has pending, and when a generation may go."""

import psycopg
import pytest


@pytest.fixture
def sales(store):
    """Table sales, captured by source 1; stream table 1 reads it up to an empty frontier."""
    app = store.connect("app", session=True)
    app.execute("CREATE TABLE sales (id int PRIMARY KEY, region text, amount numeric(12,2))")
    app.execute("GRANT SELECT, TRIGGER ON sales TO weir")
    weir = store.weir
    weir.execute("SELECT pgtrickle_data.source_for('sales'::regclass, NULL)")
    assert weir.execute("SELECT pgtrickle_data.widen_capture(1, '{1,3}')").fetchone()[0] is True
    for ddl, as_weir in weir.execute("SELECT * FROM pgtrickle_data.capture_ddl(1, 'weir'::regrole)").fetchall():
        assert as_weir and "ENABLE ALWAYS" not in ddl  # weir does not own the table
        weir.execute(ddl)
    add_reader(weir, 1)
    app.store = store
    yield app
    app.close()


def add_reader(weir, id):
    weir.execute("""
        INSERT INTO pgtrickle_data.stream_tables (id, part, owner, definition, query, canonical, refresh_mode, schedule, schedule_ms,
            differential, executor, opaque_sources, plan_kind, storage_ddl, status, diamond_consistency, diamond_schedule_policy, cdc_mode, append_only)
        VALUES (%s, 0, 'app'::regrole, 0, '', '', 'auto', 'calculated', 0, true, false, false, 0, '', 'active', 'atomic', 'fastest', 'trigger', false)""", [id])
    weir.execute("INSERT INTO pgtrickle_data.state (id, populated, frontier) VALUES (%s, true, pg_current_snapshot())", [id])
    weir.execute("INSERT INTO pgtrickle_data.dependencies VALUES (%s, 0, 1, NULL, '{1,3}', '{1}')", [id])
    weir.execute("SELECT pgtrickle_data.create_pending(%s, 1, 'sales'::regclass, '{1,3}')", [id])


def pending(weir, id=1):
    return weir.execute(f"SELECT weir_w, id, amount FROM pgtrickle_data.pending_{id}_1 ORDER BY id, weir_w").fetchall()


def consume(weir, id=1):
    weir.execute("UPDATE pgtrickle_data.state SET frontier = pg_current_snapshot(), own_xid = pg_current_xact_id(), "
                 "own_seq = nextval('pgtrickle_data.change_seq') WHERE id = %s", [id])


def buffered(weir):
    return [weir.execute(f"SELECT count(*) FROM pgtrickle_data.changes_1_{g}").fetchone()[0] for g in (0, 1)]


def test_images(sales):
    weir = sales.store.weir
    sales.execute("INSERT INTO sales VALUES (1, 'n', 10), (2, 's', 20)")
    sales.execute("UPDATE sales SET amount = 11 WHERE id = 1")
    sales.execute("DELETE FROM sales WHERE id = 2")
    assert [(w, i, str(a)) for w, i, a in pending(weir)] == [
        (-1, 1, "10.00"), (1, 1, "10.00"), (1, 1, "11.00"), (-1, 2, "20.00"), (1, 2, "20.00")]
    consume(weir)
    assert pending(weir) == []
    sales.execute("TRUNCATE sales")
    assert pending(weir) == [(0, None, None)]


def test_every_way_to_write(sales):
    weir = sales.store.weir
    with sales.cursor().copy("COPY sales FROM STDIN") as copy:
        copy.write("1\tn\t1\n2\ts\t2\n")
    sales.execute("INSERT INTO sales VALUES (1, 'n', 5) ON CONFLICT (id) DO UPDATE SET amount = excluded.amount")
    sales.execute("MERGE INTO sales t USING (VALUES (2), (3)) s(id) ON t.id = s.id "
                  "WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'm', 3)")
    sales.execute("WITH d AS (DELETE FROM sales WHERE id = 3 RETURNING *) INSERT INTO sales SELECT 4, region, amount FROM d")
    net = weir.execute("SELECT id, amount::int, sum(weir_w)::int FROM pgtrickle_data.pending_1_1 GROUP BY 1, 2 HAVING sum(weir_w) <> 0 ORDER BY 1").fetchall()
    assert net == [(1, 5, 1), (4, 3, 1)]


def test_signal_only_in_sessions_of_weir_and_only_for_rows(sales):
    sales.execute("INSERT INTO sales VALUES (1, 'n', 1)")
    assert [(s.sqlstate, s.message.split()[0]) for s in sales.signals] == [("WR002", "1")]
    sales.signals.clear()
    sales.execute("UPDATE sales SET amount = 1 WHERE id = 77")
    assert sales.signals == []
    with sales.store.connect("app") as plain:
        plain.execute("INSERT INTO sales VALUES (2, 'n', 1)")
        assert plain.signals == []


def test_rollback_leaves_nothing(sales):
    with sales.transaction(force_rollback=True):
        sales.execute("INSERT INTO sales VALUES (1, 'n', 1)")
    with sales.transaction():
        sales.execute("INSERT INTO sales VALUES (2, 'n', 2)")
        with sales.transaction(force_rollback=True):
            sales.execute("INSERT INTO sales VALUES (3, 'n', 3)")
    assert [(w, i) for w, i, _ in pending(sales.store.weir)] == [(1, 2)]


def test_late_commit_is_not_lost(sales):
    """A transaction that wrote before the frontier was taken and commits after it."""
    weir = sales.store.weir
    with sales.transaction():
        sales.execute("INSERT INTO sales VALUES (1, 'late', 1)")
        with sales.store.connect("app") as other:
            other.execute("INSERT INTO sales VALUES (2, 'early', 2)")
        assert [(w, i) for w, i, _ in pending(weir)] == [(1, 2)]
        consume(weir)
        assert pending(weir) == []
    assert [(w, i) for w, i, _ in pending(weir)] == [(1, 1)]


def test_own_changes_after_the_frontier_in_one_transaction(sales):
    weir = sales.store.weir
    sales.execute("GRANT INSERT ON sales TO weir")
    with weir.transaction():
        weir.execute("INSERT INTO sales VALUES (1, 'a', 1)")
        with sales.store.connect("app") as other:  # a later transaction, so that a snapshot may end after ours
            other.execute("INSERT INTO sales VALUES (9, 'z', 9)")
        assert [i for _, i, _ in pending(weir)] == [1, 9]
        consume(weir)
        assert pending(weir) == []
        weir.execute("INSERT INTO sales VALUES (2, 'b', 2)")
        assert [i for _, i, _ in pending(weir)] == [2]
    assert [i for _, i, _ in pending(weir)] == [2]


def test_renaming_disturbs_nothing(sales):
    weir = sales.store.weir
    sales.execute("ALTER TABLE sales RENAME amount TO value")
    sales.execute("ALTER TABLE sales RENAME region TO amount")
    sales.execute("ALTER TABLE sales ADD COLUMN extra int")
    sales.execute("INSERT INTO sales VALUES (1, 'n', 10, 5)")
    assert weir.execute("SELECT pgtrickle_data.capture_fits(1)").fetchone()[0] is True
    weir.execute("SELECT pgtrickle_data.follow_renames()")
    rows = weir.execute("SELECT weir_w, id, value::int FROM pgtrickle_data.pending_1_1").fetchall()
    assert rows == [(1, 1, 10)]


def test_dropping_a_column_voids_and_never_fails_a_write(sales):
    weir = sales.store.weir
    sales.execute("ALTER TABLE sales DROP COLUMN region")
    sales.execute("INSERT INTO sales VALUES (1, 10)")
    assert pending(weir) == [(0, None, None)]
    assert weir.execute("SELECT pgtrickle_data.capture_fits(1)").fetchone()[0] is False
    weir.execute("SELECT pgtrickle_data.mend_capture(1)")
    consume(weir)
    sales.execute("INSERT INTO sales VALUES (2, 20)")
    assert [(w, i, int(a)) for w, i, a in pending(weir)] == [(1, 2, 20)]


def test_widening_keeps_what_is_pending(sales):
    weir = sales.store.weir
    sales.execute("INSERT INTO sales VALUES (1, 'n', 10)")
    assert weir.execute("SELECT pgtrickle_data.widen_capture(1, '{1}')").fetchone()[0] is False
    assert weir.execute("SELECT pgtrickle_data.widen_capture(1, '{2}')").fetchone()[0] is True
    sales.execute("INSERT INTO sales VALUES (2, 'n', 20)")
    assert [i for _, i, _ in pending(weir)] == [1, 2]
    assert weir.execute("SELECT c2 FROM pgtrickle_data.changes_1_0 ORDER BY c1").fetchall() == [(None,), ("n",)]


def test_generations(sales):
    weir = sales.store.weir
    add_reader(weir, 2)
    sales.execute("INSERT INTO sales VALUES (1, 'n', 1)")
    weir.execute("SELECT pgtrickle_data.tidy_source(1)")
    assert buffered(weir) == [1, 0]  # nobody has read it
    consume(weir, 1)
    weir.execute("SELECT pgtrickle_data.tidy_source(1)")
    assert buffered(weir) == [1, 0]  # reader 2 has not
    consume(weir, 2)
    weir.execute("SELECT pgtrickle_data.tidy_source(1)")  # writers move on
    sales.execute("INSERT INTO sales VALUES (2, 'n', 2)")
    assert buffered(weir) == [1, 1]
    weir.execute("SELECT pgtrickle_data.tidy_source(1)")
    assert buffered(weir) == [0, 1]
    assert [i for _, i, _ in pending(weir, 1)] == [2]


def test_a_writer_under_way_keeps_its_generation(sales):
    weir = sales.store.weir
    with sales.transaction():
        sales.execute("INSERT INTO sales VALUES (1, 'n', 1)")
        assert weir.execute("SELECT pgtrickle_data.truncate_generation(1, 0)").fetchone()[0] is False
    assert [i for _, i, _ in pending(weir)] == [1]
    assert weir.execute("SELECT pgtrickle_data.truncate_generation(1, 0)").fetchone()[0] is False  # not consumed


def test_a_reader_being_created_keeps_everything(sales):
    weir = sales.store.weir
    add_reader(weir, 2)
    weir.execute("UPDATE pgtrickle_data.state SET frontier = NULL WHERE id = 2")
    sales.execute("INSERT INTO sales VALUES (1, 'n', 1)")
    consume(weir, 1)
    assert weir.execute("SELECT pgtrickle_data.truncate_generation(1, 0)").fetchone()[0] is False


def test_a_suspended_reader_keeps_nothing_and_knows(sales):
    weir = sales.store.weir
    add_reader(weir, 2)
    weir.execute("UPDATE pgtrickle_data.stream_tables SET status = 'suspended' WHERE id = 2")
    sales.execute("INSERT INTO sales VALUES (1, 'n', 1)")
    consume(weir, 1)
    old = sales.store.connect("weir", autocommit=False)
    old.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    old.execute("SELECT 1 FROM pgtrickle_data.state")
    assert weir.execute("SELECT pgtrickle_data.truncate_generation(1, 0)").fetchone()[0] is True
    assert weir.execute("SELECT rebuild FROM pgtrickle_data.state WHERE id = 2").fetchone()[0] is True
    with pytest.raises(psycopg.errors.SerializationFailure):
        old.execute("SELECT FROM pgtrickle_data.state WHERE id = 2 FOR UPDATE")
    old.close()


def test_writers_need_no_rights_on_buffers(sales):
    sales.execute("GRANT INSERT ON sales TO bob")
    with sales.store.connect("bob") as bob:
        bob.execute("INSERT INTO sales VALUES (1, 'n', 1)")
        with pytest.raises(psycopg.Error):
            bob.execute("SELECT * FROM pgtrickle_data.pending_1_1")
    assert [i for _, i, _ in pending(sales.store.weir)] == [1]


def test_a_partition_that_comes_after_the_snapshot(store):
    """A query in REPEATABLE READ reads the partitions of the moment; the catalogs it asks are those of its snapshot."""
    with store.connect("app") as app, store.connect("weir", autocommit=False) as reader:
        app.execute("CREATE TABLE t (k int) PARTITION BY LIST (k); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);"
                    "CREATE TABLE t_2 (k int); INSERT INTO t_2 VALUES (2); GRANT SELECT, TRIGGER ON t, t_1, t_2 TO weir")
        store.weir.execute("SELECT pgtrickle_data.source_for('t'::regclass, NULL)")
        store.weir.execute("SELECT pgtrickle_data.widen_capture(1, '{1}')")
        asked = "SELECT pgtrickle_data.family_moved(1), pgtrickle_data.partitions_moved(1)"
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        assert reader.execute(asked).fetchone() == (False, False)
        app.execute("ALTER TABLE t ATTACH PARTITION t_2 FOR VALUES IN (2)")
        assert reader.execute("SELECT count(*) FROM t").fetchone()[0] == 1
        assert reader.execute(asked).fetchone() == (False, True)


def test_who_leaves_the_family(store):
    """Writers of a detached partition under way are waited for; what comes later goes nowhere."""
    with store.connect("app") as app:
        app.execute("CREATE TABLE t (k int) PARTITION BY LIST (k); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);"
                    "CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2); GRANT SELECT, TRIGGER ON t, t_1, t_2 TO weir")
        weir = store.weir
        weir.execute("SELECT pgtrickle_data.source_for('t'::regclass, NULL)")
        weir.execute("SELECT pgtrickle_data.widen_capture(1, '{1}')")
        for ddl, _ in weir.execute("SELECT * FROM pgtrickle_data.capture_ddl(1, 'weir'::regrole)").fetchall():
            weir.execute(ddl)
        app.execute("INSERT INTO t_2 VALUES (2)")
        app.execute("ALTER TABLE t DETACH PARTITION t_2")
        with app.transaction():
            app.execute("INSERT INTO t_2 VALUES (3)")
            assert weir.execute("SELECT pgtrickle_data.mend_capture(1)").fetchone()[0] is False
        assert weir.execute("SELECT pgtrickle_data.mend_capture(1)").fetchone()[0] is True
        app.execute("INSERT INTO t_2 VALUES (4)")
        assert weir.execute("SELECT weir_w, c1 FROM pgtrickle_data.changes_1_0 ORDER BY weir_seq").fetchall() == [(1, 2), (1, 3), (0, None)]
        app.execute("REVOKE TRIGGER ON t_1 FROM weir; CREATE TABLE t_3 PARTITION OF t FOR VALUES IN (3)")
        assert weir.execute("SELECT pgtrickle_data.mend_capture(1), pgtrickle_data.capture_fits(1)").fetchone() == (False, False)
