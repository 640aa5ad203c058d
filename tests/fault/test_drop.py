"""DROP STREAM TABLE beside those who read many objects in one statement, as weir's own reading of its catalog does."""

import threading
import time

import psycopg

from harness import one, rows, wait_until


def test_a_deadlock_with_a_reader_that_gives_up_does_not_fail_the_drop(pg, db, conn):
    """The reader holds the source and waits for the facade, which DROP has locked; it gives up a while after the server has
    looked for deadlocks and chosen DROP."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY)")
    conn.execute("CREATE STREAM TABLE st WITH (schedule = '1h') AS SELECT id FROM t")
    pid = one(conn, "SELECT pg_backend_pid()")
    gave_up = []

    def dropping(conn, failures):
        try:
            conn.execute("DROP STREAM TABLE st")
        except psycopg.Error as e:
            failures.append(e)

    def read(other):
        try:
            other.execute("TABLE st")
        except psycopg.errors.LockNotAvailable:
            gave_up.append(True)
        other.rollback()

    with pg.connect(db, "app") as other, pg.connect(db) as su:
        other.execute("SET lock_timeout = '900ms'")
        other.execute("BEGIN; LOCK TABLE t IN ACCESS SHARE MODE")
        failures = []
        drop = threading.Thread(target=dropping, args=(conn, failures))
        drop.start()
        wait_until(lambda: one(su, "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", [pid]), what="DROP waits")
        time.sleep(0.4)  # of the second after which DROP looks for a deadlock: the reader's wait begins before and ends after
        read(other)
        drop.join(20)
        assert not drop.is_alive() and not failures
    assert gave_up == [True]
    assert rows(conn, "SELECT to_regclass('st')") == [(None,)]
    assert one(conn, "SELECT count(*) FROM pg_trigger WHERE tgrelid = 't'::regclass") == 0
