"""The installed SQL alone: schema pgtrickle and pgtrickle_data in a database of a private server, no weir."""

import hashlib
import pathlib
import sys
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness import ROOT, Postgres  # noqa: E402

SECRET = "00" * 32


def schema_sql():
    return "".join(f.read_text() for f in sorted((ROOT / "ivm/store").glob("[0-9]*.sql")))


@pytest.fixture(scope="session")
def server():
    with Postgres(15) as pg:
        for role in ("weir", "app", "bob"):
            pg.role(role)
        with pg.connect() as c:
            c.execute("CREATE DATABASE store")
            c.execute("GRANT CREATE ON DATABASE store TO weir")
        with pg.connect("store") as c:
            c.execute("GRANT ALL ON SCHEMA public TO app")
        with pg.connect("store", user="weir") as c:
            c.execute("DO $weir_install$ BEGIN EXECUTE $weir_script$" + schema_sql()
                      + "$weir_script$; END $weir_install$")
            c.execute("INSERT INTO pgtrickle_data.secret (secret) VALUES (%s)", [SECRET])
        yield pg


class Store:
    """One database with the schema installed by role weir; `app` owns tables, weir may capture them."""

    count = 0

    def __init__(self, pg):
        Store.count += 1
        self.pg, self.name = pg, f"store{Store.count}"
        with pg.connect() as c:
            c.execute(f"CREATE DATABASE {self.name} TEMPLATE store")
        self.weir = self.connect("weir")

    def connect(self, user, session=False, **kwargs):
        if session:
            kwargs["options"] = "-c weir.session=test"
        conn = self.pg.connect(self.name, user=user, **kwargs)
        conn.signals = []
        # The diagnostics do not outlive the call.
        conn.add_notice_handler(lambda d: conn.signals.append(SimpleNamespace(
            sqlstate=d.sqlstate, severity=d.severity_nonlocalized, message=d.message_primary, detail=d.message_detail)))
        return conn

    def close(self):
        self.weir.close()


@pytest.fixture
def store(server):
    s = Store(server)
    yield s
    s.close()


def mac(conn, sql, nonce="n", secret=SECRET):
    return hashlib.sha256(f"{secret}{nonce}{conn.info.backend_pid}{sql}".encode()).hexdigest()


def lines(detail):
    """Arguments of a signal: a list of (key, value)."""
    pairs = [line.split("=", 1) for line in detail.splitlines()]
    return [(k, v.replace("\\n", "\n").replace("\\\\", "\\")) for k, v in pairs]
