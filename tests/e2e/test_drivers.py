"""psql, pgbench, psycopg and node-postgres work through weir, with and without stream tables."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import psycopg
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness import CACHE, Postgres, Weir, client_program, one, rows  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def server():
    with Postgres(int(os.environ.get("WEIR_FAULT_PG", "15"))) as pg:
        pg.database("drivers")
        yield pg


@pytest.fixture(params=["session", "transaction"])
def front(server, request):
    with Weir(server, {"pool_mode": request.param, "default_pool_size": "5"}, dbname="drivers") as weir:
        weir.wait_installed("drivers")
        weir.mode = request.param
        yield weir


@pytest.fixture
def session_front(server):
    with Weir(server, {"pool_mode": "session"}, dbname="drivers") as weir:
        weir.wait_installed("drivers")
        yield weir


def program(weir, *argv, stdin=None, host="127.0.0.1", check=True, timeout=90):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    env.update(PGHOST=str(host), PGPORT=str(weir.port), PGUSER="app", PGDATABASE="drivers", PGCONNECT_TIMEOUT="10")
    r = subprocess.run([client_program(argv[0]), *argv[1:]], env=env, input=stdin, capture_output=True, text=True, timeout=timeout)
    if check:
        assert r.returncode == 0, f"{argv}: {r.stdout}\n{r.stderr}"
    return r


def psql(weir, *argv, **kw):
    return program(weir, "psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", *argv, **kw)


# ---- psql --------------------------------------------------------------------------------------

def test_psql_commands(front):
    assert psql(front, "-c", "SELECT 1 + 1", "-c", "SELECT 'x'").stdout.split() == ["2", "x"]
    assert psql(front, "-c", "SELECT 3", host=front.dir).stdout.strip() == "3"  # unix socket
    bad = psql(front, "-c", "SELECT 1/0", check=False)
    assert bad.returncode != 0 and "division by zero" in bad.stderr


def test_psql_script_with_stream_tables(front):
    script = """
        DROP TABLE IF EXISTS p1;
        CREATE TABLE p1 (id int PRIMARY KEY, g text);
        INSERT INTO p1 VALUES (1, 'a'), (2, 'b');
        CREATE STREAM TABLE ps WITH (schedule = '1h')
            AS SELECT g, count(*) AS n   -- a comment; with a semicolon
               FROM p1 GROUP BY g;
        COPY p1 FROM STDIN;
3\ta
4\tc
\\.
        REFRESH STREAM TABLE ps;
        SELECT g || n FROM ps ORDER BY 1;
        \\d ps
        BEGIN; DROP STREAM TABLE ps; ROLLBACK;
        SELECT count(*) FROM ps;
        DROP STREAM TABLE ps;
        DROP TABLE p1;
    """
    r = psql(front, "-f", "-", stdin=script)
    out = r.stdout.splitlines()
    for line in ("CREATE STREAM TABLE", "COPY 2", "REFRESH STREAM TABLE", "a2", "b1", "c1", "3", "DROP STREAM TABLE"):
        assert line in out, (line, out)
    assert "g|text|||" in r.stdout and "n|bigint|||" in r.stdout and "weir" not in r.stdout


def test_psql_error_points_at_the_query(front):
    psql(front, "-c", "CREATE TABLE IF NOT EXISTS p2 (id int)")
    r = psql(front, "-c", "CREATE STREAM TABLE ps AS SELECT id, missing FROM p2", check=False)
    assert r.returncode != 0
    lines = r.stderr.splitlines()
    source = next(x for x in lines if x.startswith("LINE 1:"))
    caret = next(x for x in lines if x.strip() == "^")
    assert source[caret.index("^"):].startswith("missing"), r.stderr


def test_psql_gdesc_and_copy_out(front):
    psql(front, "-c", "DROP TABLE IF EXISTS p3", "-c", "CREATE TABLE p3 AS SELECT i, repeat('x', 1000) AS t FROM generate_series(1, 5000) i")
    r = psql(front, "-c", "COPY p3 TO STDOUT")
    assert len(r.stdout) > 5_000_000 and len(r.stdout.splitlines()) == 5000
    assert "i|integer" in psql(front, "-f", "-", stdin="SELECT i, t FROM p3 \\gdesc\n").stdout
    assert psql(front, "-1", "-c", "INSERT INTO p3 VALUES (0, 'y')", "-c", "SELECT count(*) FROM p3").stdout.split() == ["INSERT", "0", "1", "5001"]


# ---- pgbench -----------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def bench_tables(server):
    with Weir(server) as weir:
        program(weir, "pgbench", "-i", "-s", "1", "-q")


def pgbench(weir, *argv):
    return program(weir, "pgbench", "-n", *argv).stdout


@pytest.mark.parametrize("protocol", ["simple", "extended", "prepared"])
def test_pgbench_session(session_front, bench_tables, protocol):
    out = pgbench(session_front, "-M", protocol, "-c", "4", "-j", "2", "-t", "50")
    assert "number of transactions actually processed: 200/200" in out
    assert "number of failed transactions: 0" in out


def test_pgbench_transaction(server, bench_tables):
    with Weir(server, {"pool_mode": "transaction", "default_pool_size": "3"}, dbname="drivers") as weir:
        out = pgbench(weir, "-M", "simple", "-c", "10", "-j", "2", "-t", "30")
        assert "number of transactions actually processed: 300/300" in out
        out = pgbench(weir, "-M", "simple", "-S", "-c", "10", "-C", "-t", "5")
        assert "number of transactions actually processed: 50/50" in out


@pytest.mark.parametrize("protocol", ["simple", "extended", "prepared"])
def test_pgbench_with_stream_tables(session_front, bench_tables, protocol):
    """The sources of a stream table under pgbench: every transaction is captured, and the sums agree."""
    with session_front.connect("drivers") as c:
        c.execute("CREATE STREAM TABLE branch_sums WITH (schedule = '1s', refresh_mode = 'DIFFERENTIAL') AS"
                  " SELECT bid, count(*) AS n, sum(abalance) AS s FROM pgbench_accounts GROUP BY bid")
        c.execute("CREATE STREAM TABLE history_sum WITH (schedule = '1s', refresh_mode = 'DIFFERENTIAL') AS"
                  " SELECT count(*) AS n, sum(delta) AS s FROM pgbench_history")
        try:
            before = one(c, "SELECT n FROM history_sum")
            out = pgbench(session_front, "-M", protocol, "-c", "4", "-j", "2", "-t", "100")
            assert "number of transactions actually processed: 400/400" in out
            c.execute("REFRESH STREAM TABLE branch_sums, history_sum")
            assert rows(c, "SELECT * FROM branch_sums ORDER BY 1") == rows(
                c, "SELECT bid, count(*), sum(abalance) FROM pgbench_accounts GROUP BY bid ORDER BY 1")
            assert rows(c, "SELECT * FROM history_sum") == rows(c, "SELECT count(*), sum(delta) FROM pgbench_history")
            assert one(c, "SELECT n FROM history_sum") == before + 400
        finally:
            c.execute("DROP STREAM TABLE branch_sums, history_sum")


# ---- psycopg -----------------------------------------------------------------------------------

def test_psycopg(front):
    with front.connect("drivers", autocommit=False, prepare_threshold=None) as c:
        c.execute("DROP TABLE IF EXISTS y1; CREATE TABLE y1 (id int PRIMARY KEY, v numeric)")
        with c.cursor() as cur:
            cur.executemany("INSERT INTO y1 VALUES (%s, %s)", [(i, i / 2) for i in range(100)])
        c.commit()
        c.execute("CREATE STREAM TABLE ys WITH (schedule = '1h') AS SELECT count(*) AS n, sum(v) AS s FROM y1")
        c.rollback()
        with pytest.raises(psycopg.errors.UndefinedTable):
            c.execute("SELECT * FROM ys")
        c.rollback()
        c.execute("SELECT pgtrickle.create_stream_table(%s, %s, %s)", ["ys", "SELECT count(*) AS n, sum(v) AS s FROM y1", "1h"])
        c.commit()
        with c.cursor() as cur, cur.copy("COPY y1 FROM STDIN") as copy:
            for i in range(100, 200):
                copy.write_row((i, 1))
        c.execute("SELECT pgtrickle.refresh_stream_table(%s)", ["ys"])
        assert one(c, "SELECT n FROM ys") == 200
        c.commit()
        assert one(c, "SELECT n FROM ys") == 200
        c.execute("DROP STREAM TABLE ys; DROP TABLE y1")
        c.commit()


def test_psycopg_prepared_and_binary(session_front):
    with session_front.connect("drivers", prepare_threshold=0) as c:
        for i in range(5):
            assert one(c, "SELECT %s::int8 + 1", [i]) == i + 1
        with c.cursor(binary=True) as cur:
            assert cur.execute("SELECT 1::int8, 'x'::text, 1.5::float8").fetchone() == (1, "x", 1.5)
        with c.cursor("named") as _:
            pass
        with c.transaction():
            with c.cursor("big") as cur:  # a server-side cursor
                cur.execute("SELECT generate_series(1, 1000)")
                assert len(cur.fetchmany(10)) == 10
        heard = []
        c.add_notice_handler(lambda d: heard.append(d.message_primary))
        c.execute("DO $$BEGIN RAISE NOTICE 'hello'; END$$")
        assert heard == ["hello"]
        told = []
        c.add_notify_handler(lambda n: told.append(n.payload))
        c.execute("LISTEN ch", prepare=False)
        c.execute("NOTIFY ch, 'payload'", prepare=False)
        c.execute("SELECT 1", prepare=False)
        assert told == ["payload"]


# ---- node-postgres -----------------------------------------------------------------------------

def test_node_postgres(session_front):
    module = CACHE / "node" / "node_modules" / "pg"
    node = shutil.which("node")
    assert node and module.exists(), "tests/run installs node-postgres"
    env = {**os.environ, "PG_MODULE": str(module), "WEIR_PORT": str(session_front.port), "WEIR_DB": "drivers"}
    with session_front.connect("drivers") as c:
        c.execute("DROP TABLE IF EXISTS n1 CASCADE")
    r = subprocess.run([node, HERE / "driver_pg.js"], env=env, capture_output=True, text=True, timeout=120)
    results = [json.loads(line) for line in r.stdout.splitlines() if line.startswith("{")]
    failed = [x for x in results if "failed" in x]
    assert r.returncode == 0 and not failed and len(results) >= 11, f"{failed}\n{r.stderr[:2000]}"
