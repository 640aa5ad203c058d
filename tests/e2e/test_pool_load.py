"""psql, pgbench and crowds: what people do first with a pooler."""

import concurrent.futures
import re
import subprocess

import harness
import psycopg
import pytest
from conftest import Wire, query, types


@pytest.fixture(scope="module")
def bench(pg):
    pg.database("bench")
    subprocess.run([harness.client_program("pgbench"), "-h", "127.0.0.1", "-p", str(pg.port), "-U", "app", "-i", "-q",
                    "bench"], check=True, capture_output=True)
    return pg


def pgbench(w, *args):
    p = subprocess.run([harness.client_program("pgbench"), "-h", "127.0.0.1", "-p", str(w.port), "-U", "app", "-n",
                        *args, "bench"], capture_output=True, text=True, timeout=120)
    assert p.returncode == 0, p.stderr
    assert not re.search("aborted|FATAL|ERROR", p.stderr), p.stderr
    assert "number of failed transactions: 0" in p.stdout
    return p.stdout


@pytest.mark.parametrize("mode, protocol", [("session", "simple"), ("session", "extended"), ("session", "prepared"),
                                            ("transaction", "simple"), ("transaction", "extended")])
def test_pgbench(weir, bench, mode, protocol):
    w = weir(pool_mode=mode, default_pool_size=8 if mode == "session" else 5, max_client_conn=200)
    clients = "8" if mode == "session" else "50"
    pgbench(w, "-M", protocol, "-c", clients, "-j", "2", "-T", "3")
    with bench.connect("bench") as c:
        assert harness.rows(c, "SELECT (SELECT sum(abalance) FROM pgbench_accounts) ="
                            " (SELECT sum(bbalance) FROM pgbench_branches)") == [(True,)]


def test_pgbench_reconnecting(weir, bench):
    w = weir(pool_mode="transaction", default_pool_size=5)
    pgbench(w, "-S", "-C", "-c", "10", "-j", "2", "-T", "3")


def test_pgbench_pipeline(weir, bench, tmp_path):
    script = tmp_path / "pipeline.sql"
    script.write_text("\\startpipeline\n" + "SELECT 1;\n" * 16 + "\\endpipeline\n")
    w = weir(pool_mode="transaction", default_pool_size=3)
    pgbench(w, "-f", str(script), "-M", "extended", "-c", "20", "-j", "2", "-T", "3")


@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_psql(weir, bench, mode, tmp_path):
    w = weir(pool_mode=mode)
    out = tmp_path / "out.csv"
    script = (f"\\d pgbench_accounts\nBEGIN;\nCREATE TABLE psql_t(i int);\n\\copy psql_t FROM PROGRAM 'seq 1000'\n"
              f"SELECT sum(i) FROM psql_t;\n\\copy psql_t TO '{out}'\nROLLBACK;\n\\l\nSELECT 1/0;\nSELECT 'done';\n")
    p = subprocess.run([harness.client_program("psql"), "-X", "-h", "127.0.0.1", "-p", str(w.port), "-U", "app", "bench"],
                       input=script, capture_output=True, text=True, timeout=60)
    assert "500500" in p.stdout and "done" in p.stdout and "division by zero" in p.stderr
    assert len(out.read_text().splitlines()) == 1000


def test_psycopg_pipeline(weir, bench):
    w = weir(pool_mode="transaction", default_pool_size=2)
    with w.connect("bench", prepare_threshold=None) as c:
        with c.pipeline():
            cursors = [c.execute("SELECT %s::int", [i]) for i in range(300)]
        assert [cur.fetchone()[0] for cur in cursors] == list(range(300))
        with pytest.raises(psycopg.errors.DivisionByZero):
            with c.pipeline():
                for i in range(10):
                    c.execute("SELECT 10 / %s::int", [5 - i])
        assert harness.one(c, "SELECT 1") == 1


def test_a_crowd_of_logins(weir, bench):
    w = weir(pool_mode="transaction", default_pool_size=4, max_client_conn=2000)

    def visit(_):
        with Wire(w.port) as a:
            assert types(a.login(database="bench")).endswith("Z")
            a.send(query("SELECT 1"))
            return types(a.until("Z"))

    with concurrent.futures.ThreadPoolExecutor(50) as crowd:
        assert set(crowd.map(visit, range(2000))) == {"TDCZ"}


def test_idle_clients_are_cheap(weir, bench):
    """Below 1 KiB each (not measurable under a sanitizer)."""
    w = weir(pool_mode="transaction", default_pool_size=2, max_client_conn=3000)
    if b"__asan_init" in harness.weir_binary().read_bytes() or b"__tsan_init" in harness.weir_binary().read_bytes():
        pytest.skip("built with a sanitizer")

    def memory():
        with open(f"/proc/{w.process.pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))

    crowd = [Wire(w.port) for _ in range(50)]
    for a in crowd:
        a.login(database="bench")
    before = memory()
    n = 900
    for _ in range(n):
        crowd.append(Wire(w.port))
        crowd[-1].login(database="bench")
        crowd[-1].send(query("SELECT 1"))
        crowd[-1].until("Z")
    assert (memory() - before) / n < 1.0
    for a in crowd:
        a.sock.close()
