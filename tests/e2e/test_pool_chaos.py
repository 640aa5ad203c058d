"""Everything at once: clients that ask, leave in the middle, cancel, and an administrator who kills backends.
No client may ever see an answer that is not its own, and afterwards the pool must be whole."""

import random
import threading
import time
import traceback

import harness
import pytest
from conftest import FLUSH, SYNC, Wire, bind, copy_data, execute, fields, parse, query, types

SECONDS = 6


class Guest:
    """A client with a name, which it finds in every answer."""

    def __init__(self, port, rng, name):
        self.port, self.rng, self.name = port, rng, name
        self.wrong = []
        self.answers = 0

    def visit(self):
        with Wire(self.port, timeout=30) as a:
            if not types(a.login(application_name=self.name)).endswith("Z"):
                return
            for _ in range(self.rng.randrange(1, 30)):
                act = self.rng.choice([self.ask, self.ask, self.ask_extended, self.transaction, self.pipeline,
                                       self.fail, self.copy_out, self.cancel, self.leave, self.leave])
                if not act(a):
                    return

    def expect(self, a, values, count=1):
        seen = a.until("Z", count=count)
        if seen[-1] is None or any(m[0] == "E" for m in seen if m):
            return self.error(seen)
        got = [m[1][6:].decode() for m in seen if m[0] == "D"]
        self.answers += len(got)
        if got != values:
            self.wrong.append((self.name, values, got))
        return True

    def error(self, seen):
        for m in seen:
            if m is not None and m[0] == "E":
                f = fields(m[1])
                if f["C"] not in ("57P01", "57014", "08006", "22012", "53300"):
                    self.wrong.append((self.name, f))
                if f["S"] == "FATAL":
                    return False
        return seen[-1] is not None

    def ask(self, a):
        mine = f"{self.name}-{self.rng.random()}"
        a.send(query(f"SELECT '{mine}'"))
        return self.expect(a, [mine]) and self.settings(a)

    def settings(self, a):
        a.send(query("SHOW application_name"))
        return self.expect(a, [self.name])

    def ask_extended(self, a):
        mine = f"{self.name}-{self.rng.random()}"
        a.send(parse("SELECT $1::text"), bind(values=[mine.encode()]), execute(), SYNC)
        return self.expect(a, [mine])

    def transaction(self, a):
        a.send(query("BEGIN"))
        if not self.expect(a, []):
            return False
        a.send(query(f"SELECT '{self.name}' FROM pg_sleep(0.001)"))
        if not self.expect(a, [self.name]):
            return False
        a.send(query("COMMIT"))
        return self.expect(a, [])

    def pipeline(self, a):
        values = [f"{self.name}{i}" for i in range(self.rng.randrange(2, 30))]
        a.send(*(query(f"SELECT '{v}'") for v in values))
        return self.expect(a, values, len(values))

    def fail(self, a):
        a.send(query("SELECT 1/0"))
        return self.error(a.until("Z"))

    def copy_out(self, a):
        a.send(query(f"COPY (SELECT '{self.name}' FROM generate_series(1,2000)) TO STDOUT"))
        seen = a.until("Z")
        if any(m[1] != self.name.encode() + b"\n" for m in seen if m and m[0] == "d"):
            self.wrong.append((self.name, "copy"))
        return self.error(seen)

    def cancel(self, a):
        a.send(query(f"SELECT '{self.name}' FROM pg_sleep({self.rng.choice([0, 0.01, 5])})"))
        time.sleep(self.rng.random() * 0.02)
        a.cancel(self.port)
        a.sock.settimeout(30)
        return self.error(a.until("Z"))

    def leave(self, a):
        a.send(self.rng.choice([
            query("BEGIN; SELECT 1"), query("SELECT pg_sleep(3)"), query("SELECT 1")[:-3],
            query("SELECT repeat('x', 100) FROM generate_series(1, 100000)"),
            query("COPY one FROM STDIN") + copy_data(b"1\n"), parse("SELECT 1") + bind() + FLUSH,
            query("SELECT 1") * 20, parse("SELECT 1") + b"B\0\0\1\0abc"]))
        time.sleep(self.rng.choice([0, 0, 0.01]))
        return False


@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_chaos(weir, pg, mode):
    with pg.connect("shop", user="app") as c:
        c.execute("CREATE TABLE IF NOT EXISTS one(i int)")
    seed = random.randrange(1 << 30)
    print("seed", seed)
    size = 4
    w = weir(pool_mode=mode, default_pool_size=size, workers=3, max_client_conn=500, verbose=0, log_connections=0)
    stop = threading.Event()
    guests = [Guest(w.port, random.Random(seed + i), f"guest{i}") for i in range(16)]
    failures = []

    def live(g):
        try:
            while not stop.is_set():
                g.visit()
        except Exception:  # noqa: BLE001 - told by the test itself
            failures.append(traceback.format_exc())

    def kill():
        rng = random.Random(seed)
        with pg.connect() as c:
            while not stop.is_set():
                pids = harness.rows(c, "SELECT pid FROM pg_stat_activity WHERE usename = 'app'")
                most.append(len(pids))
                if pids and rng.random() < 0.3:
                    c.execute("SELECT pg_terminate_backend(%s)", [rng.choice(pids)[0]])
                time.sleep(0.02)

    most = []
    threads = [threading.Thread(target=live, args=(g,)) for g in guests] + [threading.Thread(target=kill)]
    for t in threads:
        t.start()
    time.sleep(SECONDS)
    stop.set()
    for t in threads:
        t.join(60)
    assert [g.wrong for g in guests if g.wrong] == [] and failures == []
    assert sum(g.answers for g in guests) > 100
    # Backends that were told to end may still be there while their successors start.
    assert max(most) <= size * 3
    # All servers of the pool can be had at once, and do as they are told.
    last = [w.connect("shop", autocommit=False) for _ in range(size)]
    pids = {harness.one(c, "SELECT pg_backend_pid()") for c in last}
    assert len(pids) == size
    for c in last:
        c.rollback()
        c.close()
