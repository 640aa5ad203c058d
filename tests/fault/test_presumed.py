"""A refresh begins with the statement that was right the last time: it must do nothing where that is not right any more."""

import psycopg
import pytest

from harness import Weir, difference, one, rows

QUERY = "SELECT a.id, a.v, a.w, b.x FROM a JOIN b ON b.id = a.b"
GROUPS = "SELECT b, count(*) AS n, sum(v) AS v, max(w) AS w FROM a GROUP BY b"


@pytest.fixture
def made(conn):
    conn.execute("CREATE TABLE b (id int PRIMARY KEY, x int); INSERT INTO b SELECT g, g FROM generate_series(0, 9) g")
    conn.execute("CREATE TABLE a (id int PRIMARY KEY, b int, v int, w int);"
                 "INSERT INTO a SELECT g, g % 10, g, -g FROM generate_series(1, 3000) g")
    for mode in ("AUTO", "DIFFERENTIAL"):
        conn.execute(f"CREATE STREAM TABLE j_{mode} WITH (schedule = '1h', refresh_mode = '{mode}') AS {QUERY}")
        conn.execute(f"CREATE STREAM TABLE g_{mode} WITH (schedule = '1h', refresh_mode = '{mode}') AS {GROUPS}")


def check(conn, text=""):
    for mode in ("auto", "differential"):
        for name, query in (("j", QUERY), ("g", GROUPS)):
            conn.execute(f"REFRESH STREAM TABLE {name}_{mode}")
            assert difference(conn, f"TABLE {name}_{mode}", query) == 0, text


def usual(conn, n=1, v=7):
    """What changes mostly: n rows of a, of which the statement to come presumes that there are as many."""
    conn.execute("UPDATE a SET v = v + %s WHERE id <= %s", (v, n))
    check(conn, "the usual")


def test_as_many_and_fewer_and_more(made, conn):
    for n in (1, 3, 60, 64, 65, 70, 20, 16, 40, 500, 200, 120, 128, 1000, 501, 1001, 1500, 2999, 3000, 1, 0, 0, 5):
        usual(conn, n)
    changes = rows(conn, "SELECT changes FROM pgtrickle_data.history h JOIN pgtrickle_data.stream_tables t USING (id) "
                   "WHERE t.facade = 'g_differential'::regclass AND action = 'DIFFERENTIAL' ORDER BY h.start_time")
    assert [2 * n for n in (1, 3, 60, 64, 65, 70, 20, 16, 40, 500, 200, 120, 128, 1000, 501, 1001, 1500, 2999, 3000, 1, 5)] == [
        n for (n,) in changes]


def test_the_other_table_and_both(made, conn):
    for change in ("UPDATE b SET x = x + 1 WHERE id = 1", "UPDATE b SET x = x + 1 WHERE id < 3; UPDATE a SET w = w + 1 WHERE id < 3",
                   "DELETE FROM b WHERE id = 3", "INSERT INTO b VALUES (3, 33) ON CONFLICT DO NOTHING", "DELETE FROM a WHERE b = 4; DELETE FROM b WHERE id = 4"):
        for _ in range(2):
            usual(conn)
        conn.execute(change)
        check(conn, change)
        conn.execute(change)
        check(conn, change)


def test_several_images_of_a_key(made, conn):
    usual(conn)
    conn.execute("UPDATE a SET v = 0 WHERE id = 1; UPDATE a SET v = 5, b = 2 WHERE id = 1; UPDATE a SET w = 1 WHERE id = 1")
    check(conn)
    conn.execute("DELETE FROM a WHERE id = 1; INSERT INTO a VALUES (1, 1, 1, 1); DELETE FROM a WHERE id = 2")
    check(conn)
    usual(conn)


def test_truncated(made, conn):
    usual(conn)
    conn.execute("TRUNCATE a")
    check(conn)
    conn.execute("INSERT INTO a VALUES (1, 1, 1, 1)")
    check(conn)
    usual(conn)
    conn.execute("TRUNCATE a; INSERT INTO a VALUES (1, 2, 3, 4)")
    check(conn)


def test_columns_change_names_with_each_other(made, conn):
    usual(conn)
    conn.execute("ALTER TABLE a RENAME v TO z; ALTER TABLE a RENAME w TO v; ALTER TABLE a RENAME z TO w")
    conn.execute("INSERT INTO a (id, b, v, w) VALUES (5000, 1, 1, 100)")
    swapped = {"j": "SELECT a.id, a.w, a.v, b.x FROM a JOIN b ON b.id = a.b", "g": "SELECT b, count(*), sum(w), max(v) FROM a GROUP BY b"}
    for mode in ("auto", "differential"):
        for name, query in swapped.items():
            conn.execute(f"REFRESH STREAM TABLE {name}_{mode}")
            assert difference(conn, f"TABLE {name}_{mode}", query) == 0


@pytest.mark.parametrize("change", ["ALTER TABLE a RENAME TO aa", "ALTER TABLE a SET SCHEMA other", "ALTER TABLE a RENAME v TO vv"])
def test_renamed(made, conn, change):
    conn.execute("CREATE SCHEMA other")
    usual(conn)
    conn.execute("INSERT INTO a VALUES (5000, 1, 1, 100)")
    conn.execute(change)
    name = one(conn, "SELECT c.oid::regclass::text FROM pg_class c WHERE relname IN ('a', 'aa') AND relkind = 'r'")
    v = one(conn, f"SELECT attname::text FROM pg_attribute WHERE attrelid = '{name}'::regclass AND attnum = 3")
    conn.execute("REFRESH STREAM TABLE g_differential")
    assert difference(conn, "TABLE g_differential", f"SELECT b, count(*), sum({v}), max(w) FROM {name} GROUP BY b") == 0


def test_two_processes(pg, weir, db, made, conn):
    """Each remembers what was right for itself; the other's refreshes come between."""
    with Weir(pg, dbname=db) as second, second.connect(db) as other:
        for i in range(6):
            usual(conn, 1 + i % 2)
            usual(other, 2)
        conn.execute("DROP STREAM TABLE g_auto")
        conn.execute(f"CREATE STREAM TABLE g_auto WITH (schedule = '1h') AS {GROUPS}")
        usual(other)
        usual(conn)


def test_late_commits_and_rollbacks(weir, db, made, conn):
    usual(conn)
    with weir.connect(db) as late:
        late.execute("BEGIN")
        late.execute("UPDATE a SET v = 100 WHERE id = 2500")
        usual(conn)
        usual(conn)
        late.execute("COMMIT")
        check(conn, "committed late")
        late.execute("BEGIN")
        late.execute("UPDATE a SET v = 100 WHERE id = 2501")
        late.execute("ROLLBACK")
        check(conn, "rolled back")
        usual(conn)


def test_the_owner_may_not_read_any_more(pg, weir, db, conn):
    with pg.connect(db) as su:
        su.execute("CREATE TABLE a (id int PRIMARY KEY, b int, v int, w int); GRANT SELECT, TRIGGER, INSERT ON a TO app")
        su.execute("INSERT INTO a SELECT g, 1, 1, 1 FROM generate_series(1, 10) g")
        try:
            conn.execute(f"CREATE STREAM TABLE g WITH (schedule = '1h') AS {GROUPS}")
        except psycopg.Error:
            pytest.skip("a source of somebody else's")
        for i in range(3):
            su.execute(f"INSERT INTO a VALUES ({100 + i}, 1, 1, 1)")
            conn.execute("REFRESH STREAM TABLE g")
        su.execute("REVOKE SELECT ON a FROM app; INSERT INTO a VALUES (200, 1, 1, 1)")
        for _ in range(2):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute("REFRESH STREAM TABLE g")


def test_no_column_is_read(pg, conn):
    """Of a table without a key, too: the statement is one that the server takes."""
    conn.execute("CREATE TABLE t (v int); INSERT INTO t VALUES (1)")
    conn.execute("CREATE STREAM TABLE q WITH (schedule = '1h') AS SELECT count(*) AS n FROM t")
    errors = (pg.dir / "postgres.log").read_text().count("ERROR")
    for i in range(2, 8):
        conn.execute("INSERT INTO t VALUES (%s)", (i,))
        conn.execute("REFRESH STREAM TABLE q")
        assert one(conn, "TABLE q") == i
    assert (pg.dir / "postgres.log").read_text().count("ERROR") == errors


def test_fails_and_recovers(conn):
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)")
    conn.execute("CREATE STREAM TABLE q WITH (schedule = '1h') AS SELECT id, 10 / v AS x FROM t")
    for i in (2, 3, 4):
        conn.execute("INSERT INTO t VALUES (%s, 2)", (i,))
        conn.execute("REFRESH STREAM TABLE q")
    conn.execute("INSERT INTO t VALUES (5, 0)")
    with pytest.raises(psycopg.errors.DivisionByZero):
        conn.execute("REFRESH STREAM TABLE q")
    assert one(conn, "SELECT consecutive_errors FROM pgtrickle.stream_tables_info WHERE pgt_name = 'q'") == 1
    conn.execute("DELETE FROM t WHERE id = 5")
    conn.execute("REFRESH STREAM TABLE q")
    assert difference(conn, "TABLE q", "SELECT id, 10 / v FROM t") == 0
