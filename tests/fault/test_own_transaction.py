"""A transaction that refreshes and goes on writing: what it wrote after the refresh is not lost, whoever else runs."""

import psycopg
import pytest

from harness import one, rows, wait_until


def test_writes_after_a_refresh_in_the_same_transaction(weir, db, conn):
    """Another transaction that began later must not make our own later rows look consumed."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); CREATE TABLE other (x int)")
    conn.execute("INSERT INTO t VALUES (1, 1)")
    conn.execute("CREATE STREAM TABLE s WITH (schedule = '1h', refresh_mode = 'DIFFERENTIAL') AS SELECT id, v FROM t")
    with weir.connect(db) as ours, weir.connect(db, autocommit=False) as later:
        ours.execute("BEGIN")
        ours.execute("INSERT INTO t VALUES (2, 2)")
        later.execute("INSERT INTO other VALUES (1)")  # has a transaction id after ours
        ours.execute("REFRESH STREAM TABLE s")
        assert one(ours, "SELECT count(*) FROM s") == 2
        ours.execute("INSERT INTO t VALUES (3, 3)")
        ours.execute("REFRESH STREAM TABLE s")
        assert one(ours, "SELECT count(*) FROM s") == 3
        ours.execute("INSERT INTO t VALUES (4, 4)")
        ours.execute("COMMIT")
        later.rollback()
    conn.execute("REFRESH STREAM TABLE s")
    assert rows(conn, "SELECT id FROM s ORDER BY id") == [(1,), (2,), (3,), (4,)]


def test_functions_that_call_ours(weir, db, conn):
    """In a block, and in a DO block by itself, a request made inside of a function is carried out."""
    conn.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
    conn.execute("CREATE FUNCTION mk() RETURNS void LANGUAGE plpgsql AS $$ BEGIN "
                 "PERFORM pgtrickle.create_stream_table('s', 'SELECT a FROM t', schedule => '1h'); END $$")
    with conn.transaction():
        conn.execute("SELECT mk()")
        assert one(conn, "SELECT count(*) FROM s") == 1
    conn.execute("INSERT INTO t VALUES (2)")
    conn.execute("DO $$ BEGIN PERFORM pgtrickle.refresh_stream_table('s'); END $$")
    assert one(conn, "SELECT count(*) FROM s") == 2
    conn.execute("CREATE FUNCTION rf() RETURNS int LANGUAGE plpgsql AS $$ BEGIN "
                 "PERFORM pgtrickle.refresh_stream_table('s'); RETURN 7; END $$")
    conn.execute("INSERT INTO t VALUES (3)")
    for prepare in (False, True, True):
        assert conn.execute("SELECT rf()", prepare=prepare).fetchone() == (7,)
    assert one(conn, "SELECT count(*) FROM s") == 3


def test_refresh_of_what_reads_a_suspended_one(weir, db, conn):
    """It cannot be brought up to date, and is not said to be."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int)")
    conn.execute("CREATE STREAM TABLE s1 WITH (schedule = '1s') AS SELECT id, v FROM t")
    conn.execute("CREATE STREAM TABLE s2 WITH (schedule = '1s') AS SELECT v, count(*) AS n FROM s1 GROUP BY v")
    conn.execute("DROP TABLE t CASCADE")
    wait_until(lambda: one(conn, "SELECT status FROM pgtrickle.pgt_status() WHERE name LIKE '%s1'") == "SUSPENDED", 20, what="suspension")
    for name in ("s1", "s2"):
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match='"s1" is suspended'):
            conn.execute(f"REFRESH STREAM TABLE {name}")
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match='"s1" is suspended'), conn.transaction():
            conn.execute(f"REFRESH STREAM TABLE {name}")
    conn.execute("DROP STREAM TABLE s1, s2")
