"""What a client sees through weir is what it would see from PostgreSQL itself: the same bytes go to both, and
the answers are compared message by message."""

import struct
import time

import harness
import pytest
from conftest import (COPY_DONE, FLUSH, SYNC, TERMINATE, Wire, bind, close, copy_data, copy_fail, describe, execute,
                      fields, message, parse, query, types)

# name: [(bytes to send, ends of the answer)]. An end is the type of message that ends it, and how many of them.
FLOWS = {
    "select": [(query("SELECT 1"), "Z")],
    "empty": [(query("") + query(";") + query("-- c"), "ZZZ")],
    "several statements": [(query("SELECT 1; SELECT 2; SELECT 3"), "Z")],
    "error in the middle": [(query("SELECT 1; SELECT 1/0; SELECT 2"), "Z")],
    "transaction": [(query("BEGIN; SELECT 1"), "Z"), (query("SELECT 2"), "Z"), (query("COMMIT; BEGIN"), "Z"),
                    (query("ROLLBACK"), "Z")],
    "transaction inside a query": [(query("SELECT 1; BEGIN; SELECT 2; COMMIT; SELECT 3"), "Z")],
    "failed transaction": [(query("BEGIN"), "Z"), (query("SELECT 1/0"), "Z"), (query("SELECT 1"), "Z"),
                           (query("COMMIT"), "Z")],
    "syntax error": [(query("SELEKT"), "Z")],
    "pipelined queries": [(b"".join(query(f"SELECT {i}") for i in range(50)), "Z" * 50)],
    # pg_backend_pid() differs by nature, so: int4pl(40, 2), in binary
    "function call": [(message("F", struct.pack("!IHHHiiiiH", 177, 1, 1, 2, 4, 40, 4, 2, 1)), "Z"),
                      (message("F", struct.pack("!IHHHiiiiH", 154, 1, 1, 2, 4, 40, 4, 0, 1)), "Z")],
    "notice": [(query("DO $$BEGIN RAISE NOTICE 'hello'; END$$"), "Z")],
    "settings": [(query("SET TimeZone = 'Europe/Berlin'"), "Z"), (query("SHOW TimeZone"), "Z"),
                 (query("SET DateStyle = 'German'"), "Z"), (query("SELECT '2026-01-02'::date"), "Z")],
    "extended": [(parse("SELECT $1::int + 1") + bind(values=[b"41"]) + describe() + execute() + SYNC, "Z")],
    "extended, error skips": [(parse("SELECT 1") + bind() + execute() + parse("SELEKT") + bind() + execute() + SYNC,
                               "Z"), (SYNC, "Z")],
    "query skipped after an error": [(parse("SELEKT") + query("SELECT 1") + SYNC, "Z")],
    "pipeline of batches": [((parse("SELECT 1") + bind() + execute() + SYNC) * 2 + parse("SELEKT") + SYNC
                             + parse("SELECT 2") + bind() + execute() + SYNC, "ZZZZ")],
    "flush": [(parse("SELECT 7") + bind() + describe() + execute() + FLUSH, "C"), (SYNC, "Z")],
    "lone sync": [(SYNC * 3, "ZZZ")],
    "lone flush": [(FLUSH + query("SELECT 1"), "Z")],
    "suspended portal": [(query("BEGIN"), "Z"), (parse("SELECT generate_series(1,3)") + bind() + execute(rows=2)
                                                + SYNC, "Z"), (execute(rows=2) + SYNC, "Z"), (query("END"), "Z")],
    "portal ends with its batch": [(parse("SELECT generate_series(1,3)") + bind() + execute(rows=2) + SYNC, "Z"),
                                   (execute() + SYNC, "Z")],
    "close": [(close("S", "none") + close("P", "none") + SYNC, "Z")],
    "unknown names": [(bind(name="none") + SYNC, "Z"), (describe("S", "none") + SYNC, "Z"),
                      (execute("none") + SYNC, "Z")],
    "named, within a batch": [(parse("SELECT 1", "a") + bind("a") + execute() + close("S", "a") + SYNC, "Z")],
    "transaction by extended": [(parse("BEGIN") + bind() + execute() + SYNC, "Z"), (query("SELECT 1"), "Z"),
                                (parse("COMMIT") + bind() + execute() + SYNC, "Z")],
    "query destroys the unnamed portal": [(parse("SELECT 1") + bind() + query("SELECT 2") + execute() + SYNC, "ZZ")],
    "copy out": [(query("COPY (SELECT generate_series(1,1000)) TO STDOUT"), "Z")],
    "copy in": [(query("CREATE TEMP TABLE t(i int); COPY t FROM STDIN; SELECT sum(i) FROM t; DROP TABLE t"), "G"),
                (copy_data(b"1\n2\n") + copy_data(b"3\n") + COPY_DONE, "Z")],
    "copy in, nothing": [(query("BEGIN; CREATE TEMP TABLE t(i int); COPY t FROM STDIN"), "G"), (COPY_DONE, "Z"),
                         (query("ROLLBACK"), "Z")],
    "copy in fails by the client": [(query("BEGIN; CREATE TEMP TABLE t(i int); COPY t FROM STDIN"), "G"),
                                    (copy_fail("no"), "Z"), (query("ROLLBACK"), "Z")],
    "copy in fails by the server": [(query("COPY one FROM STDIN"), "G"), (copy_data(b"x\n"), "Z"),
                                    (copy_data(b"1\n") + COPY_DONE + query("SELECT 1"), "Z")],
    "copy in by extended": [(parse("COPY one FROM STDIN") + bind() + execute() + SYNC, "G"),
                            (copy_data(b"5\n") + COPY_DONE + SYNC, "Z"), (query("SELECT count(*) FROM one"), "Z")],
    "copy in by extended fails": [(parse("COPY one FROM STDIN") + bind() + execute() + FLUSH, "G"),
                                  (copy_data(b"x\n"), "E"), (copy_data(b"1\n") + COPY_DONE + SYNC, "Z"),
                                  (query("SELECT 1"), "Z")],
    "copy in by extended fails after a sync": [(parse("COPY one FROM STDIN") + bind() + execute() + SYNC, "G"),
                                               (copy_data(b"x\n") + COPY_DONE + SYNC, "Z"), (query("SELECT 1"), "Z")],
    "large row": [(query("SELECT repeat('x', 3000000)"), "Z")],
    "many rows": [(query("SELECT i, repeat('y', 100) FROM generate_series(1,20000) i"), "Z")],
    "large query": [(query("SELECT length('" + "z" * 2_500_000 + "')"), "Z")],
    "query of some buffers": [(query("SELECT length('" + "z" * 100_000 + "')"), "Z")],
    "large parameter": [(parse("SELECT length($1::text)") + bind(values=[b"b" * 5_000_000]) + execute() + SYNC, "Z")],
    "long statement name": [(parse("SELECT 1", "n" * 9000) + describe("S", "n" * 9000) + close("S", "n" * 9000)
                             + SYNC, "Z")],
    "listen in a transaction": [(query("BEGIN; LISTEN a; NOTIFY a, 'b'"), "Z"), (query("COMMIT"), "Z")],
    "words that are looked at": [(query("SELECT 'stream table, pgtrickle'"), "Z")],
}


def normal(m):
    """Without what legitimately differs: process ids, source lines."""
    if m is None:
        return None
    if m[0] in "EN":
        f = fields(m[1])
        return m[0], tuple((k, v) for k, v in sorted(f.items()) if k not in "FLR")
    if m[0] == "A":
        return m[0], m[1][4:]
    return m


def play(port, flow):
    with Wire(port, timeout=20) as a:
        a.login()
        answers = []
        for data, ends in flow:
            a.send(data)
            answers += a.until(ends[0], count=len(ends))
        a.send(TERMINATE)
        assert a.read() is None
    return [normal(m) for m in answers]


@pytest.fixture(scope="module")
def both(pg):
    with pg.connect("shop", user="app") as c:
        c.execute("CREATE TABLE IF NOT EXISTS one(i int)")
    with harness.Weir(pg, settings={"stream_tables": "off", "pool_mode": "session", "unix_socket_dir": None}) as s:
        with harness.Weir(pg, settings={"stream_tables": "off", "pool_mode": "transaction", "unix_socket_dir": None,
                                        "default_pool_size": "1", "pkt_buf": "4096"}) as t:
            yield {"session": s, "transaction": t}


@pytest.mark.parametrize("mode", ["session", "transaction"])
@pytest.mark.parametrize("name", FLOWS)
def test_same_as_postgres(pg, both, mode, name):
    with pg.connect("shop") as c:
        c.execute("TRUNCATE one")
    want = play(pg.port, FLOWS[name])
    with pg.connect("shop") as c:
        c.execute("TRUNCATE one")
    got = play(both[mode].port, FLOWS[name])
    assert got == want
    # The server is fit for somebody else (there is only one in transaction mode).
    assert types(play(both[mode].port, [(query("SELECT 1"), "Z")])) == "TDCZ"


def test_copy_in_interrupted_by_a_query_ends_the_session(both):
    for w in both.values():
        with Wire(w.port) as a:
            a.login()
            a.send(query("COPY one FROM STDIN"))
            a.until("G")
            a.send(query("SELECT 1"))
            seen = a.until("Z")
            assert types(seen).replace("N", "").startswith("E")
        with w.connect("shop") as c:
            assert harness.one(c, "SELECT 1") == 1


@pytest.mark.parametrize("garbage", [b"\0\0\0\0\4", b"S\0\0\0\0", b"Q\xff\xff\xff\xff", b"Z\0\0\0\5I", b"S\0\0\xff\xff",
                                     b"\xff" * 64, message("p", b"x\0")])
def test_garbage_ends_only_its_sender(both, garbage):
    for w in both.values():
        with w.connect("shop") as witness, Wire(w.port) as a:
            a.login()
            a.send(garbage)
            m = a.until("E")[-1]
            assert fields(m[1])["C"] == "08P01" and a.read() is None
            assert harness.one(witness, "SELECT 1") == 1


def test_a_split_anywhere(both):
    data = query("SELECT 1") + parse("SELECT 2") + bind() + execute() + SYNC
    w = both["transaction"]
    with Wire(w.port) as a:
        a.login()
        for cut in range(1, len(data)):
            a.send(data[:cut])
            time.sleep(0.0005)
            a.send(data[cut:])
            assert types(a.until("Z", count=2)) == "TDCZ12DCZ"


def test_slow_reader_holds_up_nobody_and_nothing_is_buffered(both):
    w = both["transaction"]
    w2 = both["session"]
    with Wire(w2.port) as slow:
        slow.login()
        slow.send(query("SELECT repeat('x', 1000) FROM generate_series(1, 300000)"))
        time.sleep(1)
        rss = memory(w2)
        with w2.connect("shop") as c:
            assert harness.one(c, "SELECT 1") == 1
        assert memory(w2) - rss < 20_000
        seen = slow.until("Z")
        assert len(seen) == 300003
    assert w.process.poll() is None


def memory(w):
    with open(f"/proc/{w.process.pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def test_large_messages_stream(both):
    """100 MB each way pass through buffers of some kilobytes."""
    w = both["session"]
    size = 100_000_000
    with Wire(w.port, timeout=60) as a:
        a.login()
        before = memory(w)
        a.send(parse("SELECT length($1::text)"), bind(values=[b"b" * size]), execute(), SYNC)
        seen = a.until("Z")
        assert seen[2][1].endswith(str(size).encode())
        a.send(query(f"SELECT repeat('x', {size})"))
        assert len(a.until("Z")[1][1]) > size
        assert memory(w) - before < 30_000


def test_copy_100_mb_both_ways(both):
    for w in both.values():
        with w.connect("shop") as c:
            c.execute("DROP TABLE IF EXISTS big; CREATE TABLE big(i int, t text)")
            block = "".join(f"{i}\t{'x' * 90}\n" for i in range(1000)).encode()
            with c.cursor() as cur:
                with cur.copy("COPY big FROM STDIN") as copy:
                    for _ in range(1000):
                        copy.write(block)
                n = 0
                with cur.copy("COPY big TO STDOUT") as copy:
                    for data in copy:
                        n += len(data)
            assert n > 90_000_000
            assert harness.one(c, "SELECT count(*) FROM big") == 1_000_000
            c.execute("DROP TABLE big")
