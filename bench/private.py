"""Private, throw-away servers for a benchmark: a PostgreSQL cluster, weir, pgbouncer.

Everything lives in one temporary folder and is gone when the `with` block ends. PostgreSQL refuses to run as
root, so as root all of them run as user postgres (or nobody, where there is no such user).
"""

import contextlib
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from psycopg import pq


class BenchError(Exception):
    """Said to the user in one line."""


def pg_bin(name):
    """Path of a PostgreSQL program: $PG_BIN, the newest Debian version, or PATH."""
    places = [os.environ.get("PG_BIN", "")] + sorted(
        glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: -int(p.split("/")[4])
    )
    for place in places:
        if place and os.access(os.path.join(place, name), os.X_OK):
            return os.path.join(place, name)
    found = shutil.which(name)
    if not found:
        raise BenchError(f"{name} not found: install postgresql, or set PG_BIN")
    return found


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Private:
    """A temporary folder and the processes started in it."""

    def __init__(self, keep=False):
        self.keep = keep
        self.user = None
        if os.geteuid() == 0:
            for name in ("postgres", "nobody"):
                with contextlib.suppress(KeyError):
                    self.user = pwd.getpwnam(name)
                    break
        self.dir = tempfile.mkdtemp(prefix="weir-bench-")
        if self.user:
            os.chown(self.dir, self.user.pw_uid, self.user.pw_gid)
        self.processes = []
        self.pg_port = None

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        for process in reversed(self.processes):
            self.stop(process)
        if self.keep or exc[0] not in (None, KeyboardInterrupt, BenchError):
            print(f"logs kept in {self.dir}")
        else:
            shutil.rmtree(self.dir, ignore_errors=True)

    def _as_user(self):
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        if self.user:
            os.chown(self.path(name), self.user.pw_uid, self.user.pw_gid)
        return self.path(name)

    def spawn(self, argv, log):
        """Starts a process in the background; its output goes to file `log` of the folder."""
        with open(self.path(log), "ab") as out:
            process = subprocess.Popen(
                argv, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=self.dir,
                start_new_session=True, **self._as_user()
            )
        process.log = self.path(log)
        self.processes.append(process)
        return process

    def stop(self, process, sig=signal.SIGINT):
        if process.poll() is None:
            process.send_signal(sig)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self.processes:
            self.processes.remove(process)

    def wait_for(self, process, conninfo, seconds=30):
        """Waits until a connection succeeds; a process that ends before that is an error with its log."""
        end = time.monotonic() + seconds
        last = "it ended"
        while time.monotonic() < end:
            if process.poll() is not None:
                break
            conn = pq.PGconn.connect(conninfo.encode())
            if conn.status == pq.ConnStatus.OK:
                conn.finish()
                return
            last = conn.error_message.decode().strip()
            conn.finish()
            time.sleep(0.05)
        with open(process.log, encoding="utf-8", errors="replace") as f:
            tail = "".join(f.readlines()[-15:])
        raise BenchError(f"{process.args[0]} did not come up ({last}):\n{tail}")

    # ---- PostgreSQL

    def start_postgres(self, settings):
        """A cluster with superuser `admin` and role `bench`, which is none."""
        data = self.path("data")
        subprocess.run(
            [pg_bin("initdb"), "-D", data, "-U", "admin", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True, stdout=subprocess.DEVNULL, cwd=self.dir, **self._as_user()
        )
        self.pg_port = free_port()
        options = {
            "port": self.pg_port,
            "unix_socket_directories": self.dir,
            "listen_addresses": "127.0.0.1",
            **settings,
        }
        argv = [pg_bin("postgres"), "-D", data]
        for name, value in options.items():
            argv += ["-c", f"{name}={value}"]
        server = self.spawn(argv, "postgres.log")
        self.wait_for(server, self.direct("admin", "postgres"))
        self.sql("CREATE ROLE bench LOGIN")
        return server

    def sql(self, sql):
        """One statement as superuser in database postgres."""
        admin = connect(self.direct("admin", "postgres"))
        try:
            return run(admin, sql)
        finally:
            admin.finish()

    def create_database(self, name):
        """Owned by role bench, which is no superuser."""
        self.sql(f"CREATE DATABASE {name} OWNER bench")

    def server_version(self):
        return self.sql("SHOW server_version")[0][0].split()[0]

    def direct(self, user="bench", dbname="bench"):
        return f"host={self.dir} port={self.pg_port} user={user} dbname={dbname}"

    # ---- poolers: what both get is the same, so that they can be compared

    def start_weir(self, binary, databases, pool_mode="session", pool_size=8):
        """Returns (process, function from a database's name to its conninfo)."""
        return self._start_pooler("weir", binary, databases, pool_mode, pool_size, [])

    def start_pgbouncer(self, databases, pool_mode="session", pool_size=8):
        """Returns (process, function from a database's name to its conninfo)."""
        binary = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        if not os.access(binary, os.X_OK):
            raise BenchError("pgbouncer not found: apt-get install pgbouncer")
        users = self.write("userlist.txt", '"bench" ""\n')
        return self._start_pooler("pgbouncer", binary, databases, pool_mode, pool_size, [f"auth_file = {users}"])

    def _start_pooler(self, name, binary, databases, pool_mode, pool_size, extra):
        port = free_port()
        lines = ["[databases]"]
        lines += [f"{d} = host=127.0.0.1 port={self.pg_port} dbname={d} user=bench" for d in databases]
        lines += [
            f"[{name}]",
            "listen_addr = 127.0.0.1",
            f"listen_port = {port}",
            "unix_socket_dir =",
            "auth_type = trust",
            f"pool_mode = {pool_mode}",
            f"default_pool_size = {pool_size}",
            "max_client_conn = 5000",
            "log_connections = 0",
            "log_disconnections = 0",
        ]
        ini = self.write(f"{name}-{port}.ini", "\n".join(lines + extra) + "\n")
        process = self.spawn([binary, ini], f"{name}.log")
        info = lambda database: f"host=127.0.0.1 port={port} user=bench dbname={database}"
        self.wait_for(process, info(databases[0]))
        return process, info


# ---- libpq, as thin as Python can have it: a refresh without changes takes well under a millisecond, and the
# ---- driver must not be what is measured


def connect(conninfo):
    conn = pq.PGconn.connect(conninfo.encode())
    if conn.status != pq.ConnStatus.OK:
        raise BenchError(conn.error_message.decode().strip())
    return conn


def run(conn, sql):
    """Runs a script; returns the rows of its last statement as text."""
    result = conn.exec_(sql.encode())
    if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        raise BenchError(f"{result.error_message.decode().strip()}\n  in: {sql.strip()}")
    return [
        tuple(None if v is None else v.decode() for v in map(lambda c: result.get_value(r, c), range(result.nfields)))
        for r in range(result.ntuples)
    ]


def timed(conn, sql):
    """Milliseconds from sending a script to having its last result."""
    text = sql.encode()
    start = time.perf_counter_ns()
    result = conn.exec_(text)
    end = time.perf_counter_ns()
    if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        raise BenchError(f"{result.error_message.decode().strip()}\n  in: {sql.strip()}")
    return (end - start) / 1e6
