"""A database that an older weir set up is upgraded by a newer one: by all scripts in order, or by none.

The newer one is built beside the program under test, with the scripts of upgrade/.
"""

import itertools

import pytest

from harness import Weir, one, rows, wait_until, weir_binary

numbers = itertools.count(1)
NEXT = weir_binary().parent / "next" / "weir_next"


@pytest.fixture
def pg(server):
    return server


@pytest.fixture
def old(pg):
    """A database of version 1 with a stream table."""
    name = f"upgrade{next(numbers)}"
    pg.database(name)
    with Weir(pg, dbname=name) as weir:
        weir.wait_installed(name)
        with weir.connect(name) as c:
            c.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 10)")
            c.execute("CREATE STREAM TABLE st WITH (schedule = '1h') AS SELECT id, v FROM t")
    with pg.connect(name) as su:
        assert one(su, "SELECT schema_version FROM pgtrickle_data.meta") == 1
        su.execute("INSERT INTO t VALUES (2, 20)")
        yield name, su


@pytest.fixture
def newer(monkeypatch, pg):
    def start(name):
        monkeypatch.setenv("WEIR_BIN", str(NEXT))
        return Weir(pg, dbname=name)
    return start


def test_upgrade(old, newer):
    name, su = old
    with newer(name) as weir:
        # It gives up on a lock that somebody has, and comes again.
        wait_until(lambda: one(su, "SELECT schema_version FROM pgtrickle_data.meta") == 3, 60, what="upgrade")
        weir.wait_installed(name)
        with weir.connect(name) as c:
            assert one(c, "SELECT pgtrickle.weir_note('st')") == "none"
            c.execute("REFRESH STREAM TABLE st")
            assert rows(c, "SELECT id, v FROM st ORDER BY id") == [(1, 10), (2, 20)]
            c.execute("CREATE STREAM TABLE more WITH (schedule = '1h') AS SELECT count(*) FROM st")
            assert one(c, "TABLE more") == 2
    with newer(name) as weir:  # there is nothing left to do
        weir.wait_installed(name)
    assert one(su, "SELECT count(*) FROM pgtrickle_data.meta") == 1


def test_all_or_nothing(old, newer):
    name, su = old
    su.execute("CREATE FUNCTION pgtrickle_data.third() RETURNS int LANGUAGE sql AS 'SELECT 0'")
    with newer(name) as weir:
        wait_until(lambda: "already exists" in weir.tail(), what="refusal")
        assert one(su, "SELECT schema_version FROM pgtrickle_data.meta") == 1
        assert one(su, "SELECT count(*) FROM pg_attribute WHERE attrelid = 'pgtrickle_data.stream_tables'::regclass AND attname = 'note'") == 0
        with weir.connect(name) as c:
            assert rows(c, "SELECT id FROM st") == [(1,)]  # reading goes on
        su.execute("DROP FUNCTION pgtrickle_data.third()")
        wait_until(lambda: one(su, "SELECT schema_version FROM pgtrickle_data.meta") == 3, 60, what="another attempt")


def test_older_weir_leaves_a_newer_database_alone(old, pg):
    name, su = old
    su.execute("UPDATE pgtrickle_data.meta SET schema_version = 7")
    with Weir(pg, dbname=name) as weir:
        wait_until(lambda: "set up by a newer weir" in weir.tail(), what="refusal")
    assert one(su, "SELECT schema_version FROM pgtrickle_data.meta") == 7


def test_no_way_from_there(old, newer):
    name, su = old
    su.execute("UPDATE pgtrickle_data.meta SET schema_version = 0")
    with newer(name) as weir:
        wait_until(lambda: "from which there is no way" in weir.tail(), what="refusal")
    assert one(su, "SELECT schema_version FROM pgtrickle_data.meta") == 0
