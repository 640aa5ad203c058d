"""What a query reads besides plain tables: views that are replaced, rights that end at a view, partitions that come, clocks, settings."""

import time

import psycopg
import pytest

from harness import one, rows, wait_until


def notices(conn):
    heard = []
    conn.add_notice_handler(lambda d: heard.append(d.message_primary))
    return heard


def status(conn, name):
    return one(conn, "SELECT status FROM pgtrickle.pgt_status() WHERE name LIKE %s", [f"%.{name}"])


def test_a_view_is_replaced(weir, db, conn):
    """Kept by differences, the stream table is suspended and says why; a full one follows, to other tables too."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1), (2, 20);"
                 "CREATE TABLE u (id int PRIMARY KEY, v int); INSERT INTO u VALUES (7, 7);"
                 "CREATE VIEW v AS SELECT id, v FROM t WHERE v > 10; CREATE VIEW w AS SELECT id, v FROM v")
    conn.execute("CREATE STREAM TABLE s WITH (schedule = '1s', refresh_mode = 'DIFFERENTIAL') AS SELECT id, v FROM w")
    conn.execute("CREATE STREAM TABLE f WITH (schedule = '1s', refresh_mode = 'FULL') AS SELECT id, v FROM w")
    conn.execute("CREATE STREAM TABLE plain WITH (schedule = '1s') AS SELECT id FROM t")
    conn.execute("CREATE OR REPLACE VIEW v AS SELECT id, v FROM u")
    wait_until(lambda: status(conn, "s") == "SUSPENDED", 15, what="suspension without any change of a row")
    assert one(conn, "SELECT suspended_reason FROM pgtrickle.stream_tables_info WHERE pgt_name = 's'") == (
        "a view that it reads was replaced, so it has to be created again")
    wait_until(lambda: rows(conn, "SELECT * FROM f") == [(7, 7)], 15, what="the full one")
    conn.execute("UPDATE u SET v = 8")
    wait_until(lambda: rows(conn, "SELECT * FROM f") == [(7, 8)], 15, what="a table that was not watched")
    assert status(conn, "plain") == "ACTIVE"
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="suspended"):
        conn.execute("REFRESH STREAM TABLE s")
    conn.execute("DROP STREAM TABLE s; CREATE STREAM TABLE s WITH (schedule = '1h') AS SELECT id, v FROM w")
    assert rows(conn, "SELECT * FROM s") == [(7, 8)]
    # In a block: the refresh by the transaction that replaced it.
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="suspended"), conn.transaction():
        conn.execute("CREATE OR REPLACE VIEW v AS SELECT id, v FROM t")
        conn.execute("REFRESH STREAM TABLE s")
    conn.execute("ALTER VIEW v SET (security_invoker = true)")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="suspended"):
        conn.execute("REFRESH STREAM TABLE s")


@pytest.fixture
def bob(pg, weir, db):
    """Alice's tables, of which bob may read only what her views show. Weir's role is app, a member of alice."""
    for role in ("alice", "bob"):
        pg.role(role)
    with pg.connect(db) as su:
        su.execute("GRANT alice TO app; GRANT CREATE ON SCHEMA public TO PUBLIC")
    with weir.connect(db, "alice") as alice:
        alice.execute("CREATE TABLE people (id int PRIMARY KEY, name text, secret text);"
                      "INSERT INTO people VALUES (1, 'ada', 'x'), (2, 'bea', 'y');"
                      "CREATE VIEW shown AS SELECT id, name FROM people WHERE id < 100; GRANT SELECT ON shown TO bob")
    with weir.connect(db, "bob") as c:
        c.execute("SET statement_timeout = '30s'")
        yield c


def test_rights_end_at_a_view(pg, weir, db, bob):
    """Bob reads through the view, so his stream table does: in full, with the view's owner's rights, and no buffer shows him a key."""
    heard = notices(bob)
    bob.execute("CREATE STREAM TABLE mine WITH (schedule = '1h') AS SELECT name, count(*) AS n FROM shown GROUP BY name")
    assert any('relation "people" is read through a view only' in h for h in heard), heard
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="through a view only"):
        bob.execute("CREATE STREAM TABLE diff WITH (refresh_mode = 'DIFFERENTIAL') AS SELECT name FROM shown")
    with weir.connect(db, "alice") as alice:
        alice.execute("INSERT INTO people VALUES (3, 'ada', 'z'), (300, 'far', 'z')")
        bob.execute("REFRESH STREAM TABLE mine")
        assert rows(bob, "SELECT name, n FROM mine ORDER BY 1") == [("ada", 2), ("bea", 1)]
        with pg.connect(db) as su:
            assert rows(su, "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'pgtrickle_data'::regnamespace AND c.relkind IN ('r', 'v')"
                            " AND c.relname ~ '^(pending|changes)' AND has_any_column_privilege('bob', c.oid, 'SELECT')") == []
        alice.execute("REVOKE SELECT ON shown FROM bob; DELETE FROM people WHERE id = 300")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            bob.execute("REFRESH STREAM TABLE mine")
        alice.execute("GRANT SELECT ON shown, people TO bob")
    heard.clear()
    bob.execute("CREATE STREAM TABLE direct WITH (schedule = '1h', refresh_mode = 'DIFFERENTIAL') AS SELECT id, name FROM shown")
    assert not [h for h in heard if "FULL" in h]
    with weir.connect(db, "alice") as alice:
        alice.execute("UPDATE people SET name = 'eve' WHERE id = 2")
    bob.execute("REFRESH STREAM TABLE direct")
    assert rows(bob, "SELECT name FROM direct ORDER BY id") == [("ada",), ("eve",), ("ada",)]


def test_row_security_of_the_views_owner(weir, db, bob):
    """Policies apply to whom the view reads as. Its owner sees everything, bob would not, or the other way round: in full."""
    with weir.connect(db, "alice") as alice:
        alice.execute("GRANT SELECT ON people TO bob; ALTER TABLE people ENABLE ROW LEVEL SECURITY")
        heard = notices(bob)
        bob.execute("CREATE STREAM TABLE mine WITH (schedule = '1h') AS SELECT id FROM shown")
        assert any("row security" in h for h in heard), heard
        assert one(bob, "SELECT count(*) FROM mine") == 2
        alice.execute("ALTER TABLE people FORCE ROW LEVEL SECURITY; CREATE POLICY p ON people FOR SELECT USING (id = 1)")
        bob.execute("REFRESH STREAM TABLE mine")
        assert rows(bob, "SELECT id FROM mine") == [(1,)]


def test_an_upstream_facade_below_a_view(pg, weir, db, bob):
    """Bob may read alice's view on her stream table, not the stream table itself."""
    with weir.connect(db, "alice") as alice:
        alice.execute("CREATE STREAM TABLE st WITH (schedule = '1h') AS SELECT id, name, secret FROM people")
        alice.execute("CREATE VIEW few AS SELECT id, name FROM st WHERE id = 1; GRANT SELECT ON few TO bob")
    heard = notices(bob)
    bob.execute("CREATE STREAM TABLE mine WITH (schedule = '1h') AS SELECT name FROM few")
    assert any('relation "st" is read through a view only' in h for h in heard), heard
    assert rows(bob, "SELECT * FROM mine") == [("ada",)]
    with pg.connect(db) as su:
        assert rows(su, "SELECT has_any_column_privilege('bob', 'pgtrickle_data.st_1', 'SELECT')") == [(False,)]


@pytest.mark.parametrize("query", [
    "SELECT id FROM t WHERE at < now()",
    "SELECT id FROM due",
    "SELECT id FROM t WHERE at < pg_catalog.clock_timestamp()",
    "SELECT id FROM t WHERE over(at)",
], ids=["now", "view", "volatile", "function"])
def test_the_clock_moves(weir, db, conn, query):
    """A result that changes by the clock alone is computed whenever it is due."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz); CREATE VIEW due AS SELECT id FROM t WHERE at < now();"
                 "CREATE FUNCTION over(timestamptz) RETURNS bool STABLE LANGUAGE sql AS 'SELECT $1 < now()'")
    conn.execute("INSERT INTO t VALUES (1, now() + interval '3 seconds')")
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="STABLE|VOLATILE") as refused:
        conn.execute(f"CREATE STREAM TABLE s WITH (refresh_mode = 'DIFFERENTIAL') AS {query}")
    assert refused.value.diag.message_hint
    heard = notices(conn)
    conn.execute(f"CREATE STREAM TABLE s WITH (schedule = '1s') AS {query}")
    assert any("FULL" in h for h in heard), heard
    assert one(conn, "SELECT count(*) FROM s") == 0
    wait_until(lambda: one(conn, "SELECT count(*) FROM s") == 1, 15, what="the row that entered by the clock")


HOSTILE = ["DateStyle = 'German, DMY'", "TimeZone = 'Asia/Kolkata'", "IntervalStyle = 'sql_standard'", "extra_float_digits = -10",
           "bytea_output = 'escape'", "xmlbinary = 'hex'", "xmloption = 'document'", "search_path = pg_temp, public", "array_nulls = off",
           "lc_monetary = 'C.UTF-8'", "default_text_search_config = 'pg_catalog.german'", "standard_conforming_strings = off",
           "backslash_quote = on", "escape_string_warning = off", "transform_null_equals = on", "quote_all_identifiers = on",
           "default_transaction_isolation = 'serializable'", "row_security = off", "enable_seqscan = off"]

TEXTS = ("SELECT id, at::text AS a, d::text AS d, iv::text AS i, f::text AS f, b::text AS b, m::text AS m, to_char(at, 'TMDay HH24') AS c,"
         " xmlelement(name x, b)::text AS x, to_tsvector(w)::text AS v, ARRAY[NULL, w]::text AS n, (at::date)::text AS day,"
         " row(at, f, b)::text AS r, w = E'back\\\\slash''' AS q FROM t WHERE at > '2024-02-01 00:00:00+00' AND d > '2024-01-31'::date")


def test_no_value_depends_on_a_session(weir, db, conn):
    """Created, filled and refreshed from sessions with hostile settings, and by weir itself: always the same rows."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz, d date, iv interval, f float8, b bytea, m money, w text)")
    conn.execute("SET standard_conforming_strings = on; SET search_path = public; SET TimeZone = 'UTC'")
    row = "'2024-02-03 22:30:00+00', '2024-02-03', '-1 day 02:03:04', 0.1::float8 + 0.2::float8, '\\x005c41', 12.5::numeric::money, 'the dogs back\\slash'''"
    conn.execute(f"INSERT INTO t VALUES (1, {row})")
    # What a session of weir's own finds.
    conn.execute(f"CREATE STREAM TABLE truth WITH (schedule = '1h') AS {TEXTS}")
    with weir.connect(db) as c:
        for s in HOSTILE:
            c.execute(f"SET {s}")
        c.execute(f"CREATE STREAM TABLE public.outside WITH (schedule = '1h') AS {TEXTS}")
        c.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        c.execute(f"CREATE STREAM TABLE public.inside WITH (schedule = '1h') AS {TEXTS}")
        c.execute("COMMIT")
        # Kept by differences: what PostgreSQL calls immutable and yet depends on a setting.
        c.execute("CREATE STREAM TABLE public.delta WITH (schedule = '1h', refresh_mode = 'DIFFERENTIAL') AS"
                  " SELECT id, f::text AS f, b::text AS b FROM t WHERE at > '2024-02-01 00:00:00+00'")
        assert c.execute("SHOW DateStyle").fetchone() == ("German, DMY",)
        assert c.execute("SHOW extra_float_digits").fetchone() == ("-10",)

        def check():
            conn.execute("REFRESH STREAM TABLE truth")
            want = rows(conn, "SELECT * FROM truth ORDER BY id")
            assert want and all(r[1].endswith("+00") and r[4].startswith("0.3000000000000000") and r[5].startswith("\\x") for r in want), want
            for name in ("outside", "inside"):
                assert rows(conn, f"SELECT * FROM {name} ORDER BY id") == want
            assert rows(conn, "SELECT * FROM delta ORDER BY id") == [(r[0], r[4], r[5]) for r in want]

        check()
        conn.execute(f"INSERT INTO t VALUES (2, {row})")
        c.execute("REFRESH STREAM TABLE public.outside, public.inside, public.delta")
        check()
        conn.execute(f"INSERT INTO t VALUES (3, {row})")
        c.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        c.execute("REFRESH STREAM TABLE public.outside, public.inside, public.delta")
        c.execute("COMMIT")
        assert c.execute("SHOW TimeZone").fetchone() == ("Asia/Kolkata",)
        check()
        conn.execute("DELETE FROM t WHERE id = 1")
        c.execute("REFRESH STREAM TABLE public.outside, public.inside, public.delta")
        check()


def test_columns_change_names_with_each_other(weir, db, conn):
    """What was compiled would run and be wrong."""
    conn.execute("CREATE TABLE t (id int PRIMARY KEY, a int, b int); CREATE TABLE u (id int PRIMARY KEY, t int);"
                 "INSERT INTO t VALUES (1, 10, 20); INSERT INTO u VALUES (1, 1)")
    conn.execute("CREATE STREAM TABLE s WITH (schedule = '1h', refresh_mode = 'DIFFERENTIAL') AS SELECT u.id, t.a FROM t JOIN u ON u.t = t.id")
    conn.execute("ALTER TABLE t RENAME a TO c; ALTER TABLE t RENAME b TO a; ALTER TABLE t RENAME c TO b; INSERT INTO u VALUES (2, 1)")
    conn.execute("REFRESH STREAM TABLE s")
    assert rows(conn, "SELECT * FROM s ORDER BY id") == [(1, 10), (2, 10)]
    # A column that nobody reads goes: once in full, then by differences again.
    conn.execute("ALTER TABLE t DROP COLUMN a; INSERT INTO t VALUES (2, 11); INSERT INTO u VALUES (3, 2)")
    conn.execute("REFRESH STREAM TABLE s")
    conn.execute("UPDATE t SET b = b + 1")
    conn.execute("REFRESH STREAM TABLE s")
    assert rows(conn, "SELECT * FROM s ORDER BY id") == [(1, 11), (2, 11), (3, 12)]
    assert [r[0] for r in rows(conn, "SELECT action FROM pgtrickle.get_refresh_history('s', 2) ORDER BY refresh_id")] == ["FULL", "DIFFERENTIAL"]


def test_a_partition_weir_has_no_right_on(pg, weir, db, conn):
    """Its own changes are not captured: the stream table is computed anew whenever due until they are."""
    pg.role("owner")
    with pg.connect(db) as su:
        su.execute("GRANT CREATE ON SCHEMA public TO owner")
    with pg.connect(db, "owner") as owner:
        owner.execute("CREATE TABLE t (id int, k int) PARTITION BY LIST (k); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);"
                      "GRANT SELECT, TRIGGER ON t, t_1 TO app; INSERT INTO t VALUES (1, 1)")
        conn.execute("CREATE STREAM TABLE s WITH (schedule = '1s', refresh_mode = 'DIFFERENTIAL') AS SELECT id, k FROM t")
        owner.execute("CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2); INSERT INTO t_2 VALUES (2, 2)")
        wait_until(lambda: one(conn, "SELECT count(*) FROM s") == 2, 15, what="the partition, noticed without a captured change")
        owner.execute("INSERT INTO t_2 VALUES (3, 2)")
        wait_until(lambda: one(conn, "SELECT count(*) FROM s") == 3, 15, what="a change that was not captured")
        assert status(conn, "s") == "ACTIVE"
        owner.execute("GRANT TRIGGER ON t_2 TO app")

        def by_differences():
            owner.execute("INSERT INTO t_2 VALUES (4, 2)")
            conn.execute("REFRESH STREAM TABLE s")
            return one(conn, "SELECT action FROM pgtrickle.get_refresh_history('s', 1)") == "DIFFERENTIAL"

        wait_until(by_differences, 20, every=0.5, what="capture of the partition")
        assert rows(conn, "SELECT id, count(*) FROM s GROUP BY id EXCEPT SELECT id, count(*) FROM t GROUP BY id") == []


def test_a_foreign_table(pg, weir, db, conn):
    """Nothing tells of its changes: in full, whenever due, and a NOTICE says so."""
    with pg.connect(db) as su:
        if not one(su, "SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'"):
            pytest.skip("no postgres_fdw")
        su.execute("CREATE EXTENSION postgres_fdw")
        su.execute(f"CREATE SERVER self FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '{pg.port}', dbname '{db}');"
                   "CREATE USER MAPPING FOR PUBLIC SERVER self OPTIONS (user 'app', password 'x', password_required 'false');"
                   "GRANT USAGE ON FOREIGN SERVER self TO app")
    conn.execute("CREATE TABLE t (id int, k int); CREATE FOREIGN TABLE f (id int, k int) SERVER self OPTIONS (table_name 't')")
    heard = notices(conn)
    conn.execute("CREATE STREAM TABLE s WITH (schedule = '1s') AS SELECT id FROM f")
    assert any("foreign table" in h for h in heard), heard
    conn.execute("INSERT INTO t VALUES (1, 1)")
    wait_until(lambda: one(conn, "SELECT count(*) FROM s") == 1, 15, what="a refresh without a captured change")
    heard.clear()
    conn.execute("CREATE TABLE p (id int, k int) PARTITION BY LIST (k); CREATE FOREIGN TABLE p_1 PARTITION OF p FOR VALUES IN (1) SERVER self"
                 " OPTIONS (table_name 't')")
    conn.execute("CREATE STREAM TABLE sp WITH (schedule = '1s') AS SELECT id FROM p")
    assert any('"p_1", a part of it, is a foreign table' in h for h in heard), heard
    conn.execute("INSERT INTO t VALUES (2, 1)")
    wait_until(lambda: one(conn, "SELECT count(*) FROM sp") == 2, 15, what="a foreign partition")
