"""Where stream tables live while a case runs: in weir, or, to try the case files themselves, in plain tables."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import psycopg  # noqa: E402

from harness import HarnessError, Postgres, Weir, one, rows  # noqa: E402

DATABASE = "equivalence"


class Backend:
    """Stream tables through weir."""

    plain = False

    def __init__(self, args):
        self.args = args
        self.pg = Postgres(args.pg, keep=args.keep)
        self.weir = None

    def __enter__(self):
        self.pg.__enter__()
        self.pg.database(DATABASE)
        with self.pg.connect(DATABASE) as c:
            for ext in ("citext", "btree_gist"):
                c.execute(f"CREATE EXTENSION IF NOT EXISTS {ext}")
        self.start()
        return self

    def start(self):
        self.weir = Weir(self.pg, dbname=DATABASE)
        self.weir.keep = self.args.keep
        self.weir.start()
        self.weir.wait_installed(DATABASE)

    def recover(self):
        """After a failed case: what is wrong with weir itself, if anything; and a weir that runs."""
        problem = None
        try:
            self.weir.check()
            with self.weir.connect(DATABASE, connect_timeout=5) as c:
                c.execute("SELECT 1")
        except (HarnessError, psycopg.Error) as e:
            problem = str(e)
            if self.weir.process is not None and self.weir.process.poll() is None:
                self.weir.kill()
            self.start()
        return problem

    def __exit__(self, kind, *exc):
        try:
            if self.weir:
                self.weir.__exit__(kind, *exc)
        finally:
            self.pg.__exit__(kind, *exc)
        if self.args.keep:
            print(f"kept: {self.pg.dir} {self.weir.dir if self.weir else ''}")

    def connect(self):
        return self.weir.connect(DATABASE)

    def create(self, conn, stream, mode):
        conn.execute(f"CREATE STREAM TABLE {stream.name} {stream.columns}"
                     f" WITH (schedule = '1h', refresh_mode = '{mode}') AS {stream.query}")

    def refresh(self, conn, names):
        conn.execute("REFRESH STREAM TABLE " + ", ".join(names))

    def drop(self, conn, names):
        conn.execute("DROP STREAM TABLE " + ", ".join(names))

    def history(self, conn, name):
        return rows(conn, "SELECT refresh_id, action, status, error_message"
                          " FROM pgtrickle.get_refresh_history(%s::text, 20) ORDER BY refresh_id", [name])


class Plain:
    """Stream tables played by tables that are filled again: the case files on trial."""

    plain = True

    def __init__(self, args):
        self.args = args
        self.pg = Postgres(args.pg, keep=args.keep)
        self.queries = {}

    def __enter__(self):
        self.pg.__enter__()
        self.pg.database(DATABASE)
        with self.pg.connect(DATABASE) as c:
            for ext in ("citext", "btree_gist"):
                c.execute(f"CREATE EXTENSION IF NOT EXISTS {ext}")
        return self

    def __exit__(self, *exc):
        self.pg.__exit__(*exc)

    def recover(self):
        return None

    def connect(self):
        return self.pg.connect(DATABASE, "app")

    def create(self, conn, stream, mode):
        schema = one(conn, "SELECT current_schema()")
        conn.execute(f"CREATE TABLE {stream.name} {stream.columns} AS {stream.query}")
        path = one(conn, "SHOW search_path")
        self.queries[f"{schema}.{stream.name}"] = (path, stream.query)

    def refresh(self, conn, names):
        for name, (path, query) in self.queries.items():  # all, in order of creation: parents first
            before = one(conn, "SHOW search_path")
            conn.execute(f"SET search_path = {path}")
            conn.execute(f"DELETE FROM {name}; INSERT INTO {name} {query}")
            conn.execute(f"SET search_path = {before or chr(39) * 2}")

    def drop(self, conn, names):
        for name in names:
            conn.execute(f"DROP TABLE {name}")
        self.queries.clear()

    def history(self, conn, name):
        return []
