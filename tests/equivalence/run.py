#!/usr/bin/python3
"""Runs the case files of cases/ through weir and compares every stream table with its query.

    run.py [--pg 15] [--filter REGEX] [--plain] [--keep] [--modes DIFFERENTIAL,FULL,AUTO] [-v] [FILE...]

Each stream table exists three times: as a stream table per mode (in schemas <case>_differential and
<case>_full) and as a plain view (in <case>_view). The view is the truth. --plain replaces the stream tables by
tables that are filled again at each refresh, without weir: this proves the case files themselves.
"""

import argparse
import pathlib
import re
import signal
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import psycopg  # noqa: E402

import casefile  # noqa: E402
from harness import HarnessError, Postgres, Weir, one, rows  # noqa: E402

DATABASE = "equivalence"
CASE_TIMEOUT_S = 60


class Mismatch(Exception):
    """The case failed: weir is wrong (or, with --plain, the case is)."""


class Timeout(Exception):
    pass


def execute(conn, st):
    """Runs one statement of a case as a simple query."""
    try:
        if st.copy is not None:
            with conn.cursor() as cur, cur.copy(st.sql) as copy:
                copy.write(st.copy)
        else:
            conn.execute(st.sql)
    except psycopg.Error as e:
        if st.fails and e.sqlstate == st.fails:
            return
        where = f"{e.sqlstate} {e.diag.message_primary or e}"
        raise Mismatch(f"statement failed: {where}\n    {st.sql[:400]}") from e
    if st.fails:
        raise Mismatch(f"statement must fail with {st.fails}:\n    {st.sql[:400]}")


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


class Run:
    """One case."""

    def __init__(self, backend, case, modes):
        self.backend = backend
        self.case = case
        self.schema = "c_" + re.sub(r"\W", "_", case.name).lower()
        self.modes = ["AUTO", "FULL"] if case.mode == "full-only" else modes
        self.notices = []
        self.said = []  # notices of AUTO
        self.fell_back = None  # the stream that AUTO refreshes in FULL
        self.image = {}  # stream -> digest of its result at the last check
        self.changed = set()
        self.seen = {}  # qualified name -> last refresh_id looked at

    def home(self, mode):
        return f"{self.schema}_{mode.lower()}"

    def go(self):
        writer = reader = None
        try:
            writer, reader = self.backend.connect(), self.backend.connect()
            for c in (writer, reader):
                c.add_notice_handler(lambda d: self.notices.append((d.severity, d.message_primary)))
                c.execute("SET statement_timeout = '20s'")
            self.prepare(writer)
            self.create(reader)
            self.check(reader, None)
            for number, step in enumerate(self.case.steps, 1):
                try:
                    for st in step.statements:
                        execute(writer, st)
                    inside = writer.info.transaction_status != psycopg.pq.TransactionStatus.IDLE
                    conn = writer if inside else reader
                    self.refresh(conn, step)
                    self.check(conn, step)
                except Mismatch as e:
                    raise Mismatch(f"refresh {number}: {e}") from e
            if writer.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                writer.rollback()
            missing = [s.name for s in self.case.streams if s.name not in self.changed]
            if missing:
                raise Mismatch(f"the changes never change the result of {', '.join(missing)}")
            writer.close()
            self.clean(reader)
        finally:
            for c in (writer, reader):
                if c is not None:
                    c.close()

    def prepare(self, conn):
        conn.execute(f"CREATE SCHEMA {self.schema}")
        for mode in [*self.modes, "VIEW", "REFUSED"]:
            conn.execute(f"CREATE SCHEMA {self.home(mode)}")
        conn.execute(f"SET search_path = {self.schema}, public")
        for st in self.case.tables:
            execute(conn, st)
        self.triggers = self.trigger_names(conn)

    def trigger_names(self, conn):
        return rows(conn, "SELECT tgrelid::regclass::text, tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
                          " JOIN pg_namespace n ON n.oid = relnamespace WHERE NOT tgisinternal AND nspname = %s"
                          " ORDER BY 1, 2", [self.schema])

    def create(self, conn):
        case = self.case
        for mode in ["VIEW", *self.modes]:
            conn.execute(f"SET search_path = {self.home(mode)}, {self.schema}, public")
            for stream in case.streams:
                if mode == "VIEW":
                    conn.execute(f"CREATE VIEW {stream.name} {stream.columns} AS {stream.query}")
                    continue
                self.notices.clear()
                try:
                    self.backend.create(conn, stream, mode)
                except psycopg.Error as e:
                    raise Mismatch(f"creating {stream.name} in {mode}: {e.sqlstate} {e}") from e
                if not self.backend.plain:
                    self.check_notice(stream, mode)
                self.check_shape(conn, stream, mode)
        if case.mode == "full-only" and not self.backend.plain:
            if self.fell_back is None:
                raise Mismatch(f"AUTO gave no NOTICE matching /{case.construct}/: {self.said}")
            self.check_refused(conn, self.fell_back)
        conn.execute(f"SET search_path = {self.schema}, public")

    def check_notice(self, stream, mode):
        """AUTO must say why it is FULL, with the name of the construct, and must not say so otherwise."""
        case = self.case
        said = [m for severity, m in self.notices if severity in ("NOTICE", "WARNING")]
        if mode != "AUTO":
            return
        if case.mode == "full-only":
            if any(re.search(case.construct, m, re.I) for m in said):
                self.fell_back = stream
            self.said += said
        elif any("FULL" in m for m in said):
            raise Mismatch(f"AUTO fell back to FULL: {said}")

    def check_refused(self, conn, stream):
        conn.execute(f"SET search_path = {self.home('REFUSED')}, {self.home('FULL')}, {self.schema}, public")
        try:
            self.backend.create(conn, stream, "DIFFERENTIAL")
        except psycopg.Error as e:
            if e.sqlstate != "0A000":
                raise Mismatch(f"DIFFERENTIAL must fail with 0A000, not {e.sqlstate} {e}") from e
            text = f"{e.diag.message_primary} {e.diag.message_detail or ''}"
            if not re.search(self.case.construct, text, re.I):
                raise Mismatch(f"the error does not name /{self.case.construct}/: {text}") from e
            if not e.diag.message_hint:
                raise Mismatch("the error has no hint") from e
            if self.case.position != "none" and not e.diag.statement_position:
                raise Mismatch("the error has no position") from e
            return
        raise Mismatch("DIFFERENTIAL was not refused")

    def check_shape(self, conn, stream, mode):
        """Names, types with typmod and collations of the columns are those of a view on the query."""
        shape = ("SELECT attname::text, format_type(atttypid, atttypmod), attcollation::regcollation::text"
                 " FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
                 " ORDER BY attnum")
        if mode == "AUTO" and len(self.modes) == 3:
            return
        want = rows(conn, shape, [f"{self.home('VIEW')}.{stream.name}"])
        have = rows(conn, shape, [f"{self.home(mode)}.{stream.name}"])
        if want != have:
            raise Mismatch(f"columns of {stream.name} in {mode}: {have}, expected {want}")

    def refresh(self, conn, step):
        names = step.targets or [s.name for s in self.case.streams]
        for mode in self.modes:
            try:
                self.backend.refresh(conn, [f"{self.home(mode)}.{n}" for n in names])
            except psycopg.Error as e:
                raise Mismatch(f"REFRESH in {mode}: {e.sqlstate} {e}") from e

    def check(self, conn, step):
        """Every stream table equals its view, in one statement per stream."""
        for stream in self.checked(step):
            view = f"{self.home('VIEW')}.{stream.name}"
            # an alias that no case uses as a column: a column would win over it in x::text
            row = "weir_row::text" if self.case.compare == "image" else "weir_row.*"
            parts = []
            for mode in self.modes:
                st = f"{self.home(mode)}.{stream.name}"
                l, r = f"SELECT {row} FROM {st} weir_row", f"SELECT {row} FROM {view} weir_row"
                parts.append(f"SELECT '{mode}' AS mode, '+' AS sign, weir_diff::text FROM ({l} EXCEPT ALL {r}) weir_diff"
                             f" UNION ALL SELECT '{mode}', '-', weir_diff::text FROM ({r} EXCEPT ALL {l}) weir_diff")
            wrong = rows(conn, " UNION ALL ".join(parts) + " LIMIT 12")
            if wrong:
                lines = "\n".join(f"    {m} {s} {t[:200]}" for m, s, t in wrong)
                raise Mismatch(f"{stream.name} differs (+ too much, - missing):\n{lines}")
            image = one(conn, f"SELECT coalesce(string_agg(md5(weir_row::text), ','"
                              f" ORDER BY weir_row::text COLLATE \"C\"), '') FROM {view} weir_row")
            changed = step is not None and image != self.image.get(stream.name)
            self.image[stream.name] = image
            if changed:
                self.changed.add(stream.name)
            if not self.backend.plain:
                self.check_history(conn, stream, step, changed)

    def checked(self, step):
        """What a refresh of its targets moves: they and all they are made of. Others may lag behind."""
        streams = self.case.streams
        if step is None or not step.targets:
            return streams
        wanted = {n for n in step.targets}
        for s in reversed(streams):
            if s.name in wanted:
                wanted |= {o.name for o in streams if o is not s and re.search(rf"(?<!\w){re.escape(o.name)}(?!\w)", s.query)}
        return [s for s in streams if s.name in wanted]

    def check_history(self, conn, stream, step, changed):
        for mode in self.modes:
            name = f"{self.home(mode)}.{stream.name}"
            new = [h for h in self.backend.history(conn, name) if h[0] > self.seen.get(name, 0)]
            if new:
                self.seen[name] = new[-1][0]
            if step is None:
                continue
            failed = [h for h in new if h[2] == "FAILED"]
            if failed:
                raise Mismatch(f"{name}: a refresh failed: {failed[0][3]}")
            if mode != "DIFFERENTIAL" or step.action == "any" or not changed:
                continue
            actions = [h[1] for h in new]
            if step.action not in actions or (step.action == "DIFFERENTIAL" and "FULL" in actions):
                raise Mismatch(f"{name} was refreshed by {actions or 'nothing'}, expected {step.action}")

    def clean(self, conn):
        """Everything goes away again, and takes the capture with it."""
        conn.execute(f"SET search_path = {self.schema}, public")
        for mode in self.modes:
            try:
                self.backend.drop(conn, [f"{self.home(mode)}.{s.name}" for s in reversed(self.case.streams)])
            except psycopg.Error as e:
                raise Mismatch(f"DROP in {mode}: {e.sqlstate} {e}") from e
        left = [t for t in self.trigger_names(conn) if t not in self.triggers]
        if left:
            raise Mismatch(f"triggers left after DROP STREAM TABLE: {left}")
        self.drop_schemas(conn)

    def drop_schemas(self, conn):
        conn.execute("SET client_min_messages = error")
        for mode in [*self.modes, "VIEW", "REFUSED"]:
            conn.execute(f"DROP SCHEMA IF EXISTS {self.home(mode)} CASCADE")
        conn.execute(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE")

    def sweep(self):
        """After a failure: best effort, so that the next cases start from nothing."""
        try:
            with self.backend.connect() as conn:
                conn.execute("SET statement_timeout = '10s'")
                for mode in self.modes:
                    for s in reversed(self.case.streams):
                        try:
                            self.backend.drop(conn, [f"{self.home(mode)}.{s.name}"])
                        except psycopg.Error:
                            pass
                self.drop_schemas(conn)
        except psycopg.Error:
            pass


def alarm(signum, frame):
    raise Timeout(f"no answer within {CASE_TIMEOUT_S} s")


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--pg", type=int, default=15)
    p.add_argument("--filter", default="")
    p.add_argument("--plain", action="store_true", help="without weir: prove the case files")
    p.add_argument("--keep", action="store_true", help="leave the folders of the servers behind")
    p.add_argument("--modes", default="DIFFERENTIAL,FULL,AUTO")
    p.add_argument("-v", "--verbose", action="store_true")
    p.add_argument("files", nargs="*", type=pathlib.Path)
    args = p.parse_args()

    paths = args.files or sorted((HERE / "cases").glob("*/*.sql"))
    cases = [casefile.parse(f.resolve()) for f in paths if re.search(args.filter, str(f))]
    if not cases:
        print("no case matches")
        return 2
    signal.signal(signal.SIGALRM, alarm)
    passed, failed, skipped = 0, [], 0
    modes = args.modes.split(",")
    with (Plain if args.plain else Backend)(args) as backend:
        for case in cases:
            if case.requires > args.pg:
                skipped += 1
                continue
            begin = time.monotonic()
            run = Run(backend, case, modes)
            signal.alarm(CASE_TIMEOUT_S)
            problem = None
            try:
                run.go()
            except (Mismatch, Timeout) as e:
                problem = str(e)
            except psycopg.Error as e:
                problem = f"{type(e).__name__} {e.sqlstate}: {e}"
                if args.verbose:
                    problem += "\n" + traceback.format_exc()
            finally:
                signal.alarm(0)
            if problem:
                weir = backend.recover()
                if weir:
                    problem += f"\n  and weir: {weir}"
                run.sweep()
                failed.append(case.name)
                print(f"FAIL {case.name}: {problem}", flush=True)
            else:
                passed += 1
                print(f"ok   {case.name} ({time.monotonic() - begin:.2f} s)", flush=True)
    if failed:
        print("failed: " + " ".join(failed))
    print(f"{passed} passed, {len(failed)} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
