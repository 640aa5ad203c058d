"""Fixtures of the tests that run the whole program: one private PostgreSQL for all of them, and a weir per
test with the settings the test wants. `Wire` speaks the protocol by hand, for what no driver would send."""

import pathlib
import socket
import struct
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import harness  # noqa: E402


@pytest.fixture(scope="session")
def pg():
    with harness.Postgres(15) as server:
        server.database("shop", owner="app")
        server.role("other")
        yield server


@pytest.fixture
def weir(pg):
    """weir(pool_mode="transaction", ...) starts one; it is stopped, and checked, after the test."""
    running = []

    def start(databases=None, **settings):
        settings = {"stream_tables": "off", "unix_socket_dir": None, **settings}
        w = harness.Weir(pg, settings={k: v and str(v) for k, v in settings.items()}, databases=databases)
        w.__enter__()
        running.append(w)
        return w

    yield start
    for w in running:
        w.__exit__(None, None, None)


class Wire:
    """One connection, message by message. A message is (type, body)."""

    def __init__(self, port, timeout=10):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data = b""
        self.key = None

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.sock.close()

    def send(self, *messages):
        self.sock.sendall(b"".join(messages))

    def startup(self, user="app", database="shop", version=0x30000, **params):
        self.send(startup(user, database, version, **params))

    def login(self, *args, **kwargs):
        self.startup(*args, **kwargs)
        seen = self.until("Z", "E")
        for t, body in seen:
            if t == "K":
                self.key = struct.unpack("!ii", body)
        return seen

    def read(self):
        """The next message, or None at the end of the stream."""
        while len(self.data) < 5 or len(self.data) < 1 + struct.unpack("!I", self.data[1:5])[0]:
            try:
                more = self.sock.recv(1 << 16)
            except ConnectionResetError:
                more = b""
            if not more:
                return None
            self.data += more
        n = 1 + struct.unpack("!I", self.data[1:5])[0]
        message, self.data = self.data[:n], self.data[n:]
        return chr(message[0]), message[5:]

    def until(self, *types, count=1):
        """Messages up to the count-th of these types, or to the end of the stream (then the last is None)."""
        seen = []
        while count:
            m = self.read()
            seen.append(m)
            if m is None:
                break
            count -= m[0] in types
        return seen

    def quiet(self, seconds=0.2):
        """True when nothing comes for so long."""
        self.sock.settimeout(seconds)
        try:
            return not self.data and not self.sock.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            return True
        finally:
            self.sock.settimeout(10)

    def cancel(self, port):
        with socket.create_connection(("127.0.0.1", port), 10) as s:
            s.sendall(struct.pack("!IIii", 16, 80877102, *self.key))
            s.recv(1)


def message(type_, body=b""):
    return type_.encode() + struct.pack("!I", len(body) + 4) + body


def startup(user="app", database="shop", version=0x30000, **params):
    body = b""
    for k, v in {"user": user, "database": database, **params}.items():
        if v is not None:
            body += k.encode() + b"\0" + v.encode() + b"\0"
    return struct.pack("!II", len(body) + 9, version) + body + b"\0"


def query(sql):
    return message("Q", sql.encode() + b"\0")


def parse(sql, name=""):
    return message("P", name.encode() + b"\0" + sql.encode() + b"\0\0\0")


def bind(name="", portal="", values=()):
    body = portal.encode() + b"\0" + name.encode() + b"\0" + b"\0\0" + struct.pack("!H", len(values))
    for v in values:
        body += struct.pack("!i", len(v)) + v
    return message("B", body + b"\0\0")


def describe(kind="P", name=""):
    return message("D", kind.encode() + name.encode() + b"\0")


def execute(portal="", rows=0):
    return message("E", portal.encode() + b"\0" + struct.pack("!i", rows))


def close(kind, name):
    return message("C", kind.encode() + name.encode() + b"\0")


SYNC = message("S")
FLUSH = message("H")
COPY_DONE = message("c")
TERMINATE = message("X")


def copy_data(data):
    return message("d", data)


def copy_fail(reason):
    return message("f", reason.encode() + b"\0")


def fields(body):
    """Of an ErrorResponse or NoticeResponse."""
    return {f[:1].decode(): f[1:].decode() for f in body.split(b"\0") if f}


def types(messages):
    return "".join("." if m is None else m[0] for m in messages)
